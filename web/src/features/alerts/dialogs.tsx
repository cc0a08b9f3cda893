import { lazy, type ReactNode, Suspense, useCallback, useState } from 'react';
import type { Target } from './actions';
import type { Alert } from './view';

const DismissModal = lazy(() => import('./DismissModal').then((module) => ({ default: module.DismissModal })));
const AssignModal = lazy(() => import('./AssignModal').then((module) => ({ default: module.AssignModal })));
const SuppressModal = lazy(() => import('./SuppressModal').then((module) => ({ default: module.SuppressModal })));

type Dialog =
    | { kind: 'dismiss'; target: Target; title?: string; done?: () => void }
    | { kind: 'assign'; target: Target; assignee: string; done?: () => void }
    | { kind: 'suppress'; alert: Alert };

/** The dialogs that act on alerts: which of them is open, and the means to open one. */
export function useDialogs(): {
    dismiss(target: Target, title?: string, done?: () => void): void;
    assign(target: Target, assignee: string, done?: () => void): void;
    suppress(alert: Alert): void;
    node: ReactNode;
} {
    const [dialog, setDialog] = useState<Dialog | null>(null);
    const close = () => setDialog(null);
    return {
        dismiss: useCallback((target, title, done) => setDialog({ kind: 'dismiss', target, title, done }), []),
        assign: useCallback((target, assignee, done) => setDialog({ kind: 'assign', target, assignee, done }), []),
        suppress: useCallback((alert) => setDialog({ kind: 'suppress', alert }), []),
        node: (
            <Suspense fallback={null}>
                {dialog?.kind === 'dismiss' ? (
                    <DismissModal target={dialog.target} title={dialog.title} done={dialog.done} close={close} />
                ) : dialog?.kind === 'assign' ? (
                    <AssignModal target={dialog.target} assignee={dialog.assignee} done={dialog.done} close={close} />
                ) : dialog?.kind === 'suppress' ? (
                    <SuppressModal
                        of={{ id: dialog.alert.rule_id, name: dialog.alert.rule_name }}
                        alert={dialog.alert}
                        close={close}
                    />
                ) : null}
            </Suspense>
        ),
    };
}

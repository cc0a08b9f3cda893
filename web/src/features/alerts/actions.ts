import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, body, type Schemas } from '~/api/client';
import type { AlertFilter } from './view';

export type Reason = Exclude<Schemas['DismissReason'], 'NONE'>;
export const reasons: readonly Reason[] = ['BUSINESS_OP', 'COMPANY_POLICY', 'MAINTENANCE', 'OTHER'];

/** Which alerts: those chosen, or all that a filter holds of and that were raised by a time, of which a preview counted `expected`. */
export type Target = { ids: string[] } | { filter: AlertFilter; until: string; expected: number };

export const sizeOf = (target: Target) => ('ids' in target ? target.ids.length : target.expected);

/** So many calls at once, where there is none for all. */
const atOnce = 6;

async function each(ids: readonly string[], call: (id: string) => Promise<unknown>): Promise<number> {
    const waiting = [...ids];
    let done = 0;
    await Promise.all(
        Array.from({ length: Math.min(atOnce, ids.length) }, async () => {
            for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
                await call(id);
                ++done;
            }
        }),
    );
    return done;
}

function useChanged() {
    const client = useQueryClient();
    return () =>
        Promise.all(
            ['alerts', 'alert', 'alert-counts'].map((name) => client.invalidateQueries({ queryKey: [name] })),
        ).then(() => undefined);
}

/** Dismisses; tells how many, and how many had changed before it came to them. */
export function useDismiss() {
    const changed = useChanged();
    return useMutation({
        mutationFn: async ({ target, reason, text }: { target: Target; reason: Reason; text: string }) => {
            const why = { reason, ...(reason === 'OTHER' && { text }) };
            const answer = await body(
                api.POST('/api/v1/alerts/dismiss', {
                    body:
                        'ids' in target
                            ? { ids: target.ids, ...why }
                            : { filter: target.filter, until: target.until, ...why },
                }),
            );
            return { ...answer, meanwhile: Math.max(0, sizeOf(target) - answer.count) };
        },
        onSettled: changed,
    });
}

export function useUndoDismissal() {
    const changed = useChanged();
    return useMutation({
        mutationFn: (dismissal: string) =>
            body(api.DELETE('/api/v1/alerts/dismissals/{id}', { params: { path: { id: dismissal } } })),
        onSettled: changed,
    });
}

/** Assigns to somebody by e-mail address; empty: nobody. Tells how many. */
export function useAssign() {
    const changed = useChanged();
    return useMutation({
        mutationFn: async ({ target, assignee }: { target: Target; assignee: string }) => {
            const set =
                'ids' in target
                    ? { ids: target.ids, assignee }
                    : { filter: target.filter, until: target.until, assignee };
            return (await body(api.POST('/api/v1/alerts/assign', { body: set }))).count;
        },
        onSettled: changed,
    });
}

export function useNote() {
    const client = useQueryClient();
    return useMutation({
        mutationFn: ({ ids, text }: { ids: readonly string[]; text: string }) =>
            each(ids, (id) => api.POST('/api/v1/alerts/{id}/notes', { params: { path: { id } }, body: { text } })),
        onSettled: () => client.invalidateQueries({ queryKey: ['alert'] }),
    });
}

export function usePreviewAssignment() {
    return useMutation({
        mutationFn: (filter: AlertFilter) => body(api.POST('/api/v1/alerts/assign/preview', { body: { filter } })),
    });
}

export function usePreviewDismissal() {
    return useMutation({
        mutationFn: (filter: AlertFilter) => body(api.POST('/api/v1/alerts/dismiss/preview', { body: { filter } })),
    });
}

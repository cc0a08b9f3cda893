import { useNavigate } from 'react-router';
import { useKeys } from '~/app/keys';
import { useSession } from '~/app/session';
import { link, useUrl } from '~/app/url';
import { useAssignTo } from './AssignButton';
import { type Cursor, step } from './cursor';
import type { useDialogs } from './dialogs';
import { reveal } from './reveal';
import type { useInbox } from './useInbox';
import type { Alert } from './view';

interface Around {
    inbox: ReturnType<typeof useInbox>;
    cursor: Cursor;
    dialogs: ReturnType<typeof useDialogs>;
    open: string;
    setOpen: (id: string | null) => void;
    selected: readonly Alert[];
    setSelected: (alerts: readonly Alert[]) => void;
}

/** The keys of the inbox. They act on the row that j and k lead to; the open panel follows it. */
export function useInboxKeys({ inbox, cursor, dialogs, open, setOpen, selected, setSelected }: Around) {
    const navigate = useNavigate();
    const { set } = useUrl();
    const { who, may } = useSession();
    const assign = useAssignTo();
    const { alerts } = inbox;
    const ids = alerts.map(({ id }) => id);
    const at = () => alerts.find(({ id }) => id === cursor.get());
    const go = (id: string | null) => {
        if (!id) return;
        cursor.set(id);
        if (open) setOpen(id);
        else reveal(id);
    };
    const move = (by: 1 | -1) => {
        const from = cursor.get();
        const last = ids[ids.length - 1];
        if (by > 0 && from === last && inbox.more) set({ page: inbox.page + 1, open: null });
        else go(step(ids, from, by));
    };
    const openRow = (id: string) => {
        cursor.set(id);
        setOpen(id);
    };
    /** Once dismissed, it leaves the list of active ones, and the next one takes its place. */
    const dismiss = (alert: Alert) => {
        const next = step(ids, alert.id, 1) === alert.id ? step(ids, alert.id, -1) : step(ids, alert.id, 1);
        dialogs.dismiss({ ids: [alert.id] }, alert.title, () => {
            if (next && next !== alert.id) go(next);
            else setOpen(null);
        });
    };
    const act = (run: (alert: Alert) => void) => () => {
        const alert = at();
        if (alert) run(alert);
    };
    const disabled = !may('user');
    useKeys([
        { id: 'alerts.next', keys: 'j', run: () => move(1), keyOnly: true },
        { id: 'alerts.previous', keys: 'k', run: () => move(-1), keyOnly: true },
        {
            id: 'alerts.open',
            keys: 'Enter',
            run: act(({ id }) => (open === id ? navigate(`/alerts/${id}`) : openRow(id))),
            keyOnly: true,
        },
        { id: 'alerts.close', keys: 'Escape', run: () => setOpen(null), keyOnly: true, disabled: !open },
        {
            id: 'alerts.choose',
            keys: 'x',
            run: act((alert) =>
                setSelected(
                    selected.some(({ id }) => id === alert.id)
                        ? selected.filter(({ id }) => id !== alert.id)
                        : [...selected, alert],
                ),
            ),
            keyOnly: true,
        },
        {
            id: 'alerts.dismiss',
            keys: 'e',
            disabled,
            run: () => {
                const some = selected.filter(({ status }) => status === 'active').map(({ id }) => id);
                if (some.length > 0) dialogs.dismiss({ ids: some }, undefined, () => setSelected([]));
                else act((alert) => alert.status === 'active' && dismiss(alert))();
            },
        },
        { id: 'alerts.suppress', keys: 's', run: act((alert) => dialogs.suppress(alert)), disabled },
        {
            id: 'alerts.assign',
            keys: 'a',
            disabled,
            run: () =>
                selected.length > 0
                    ? assign.to(
                          selected.map(({ id }) => id),
                          who,
                      )
                    : act(({ id }) => assign.to([id], who))(),
        },
        { id: 'alerts.investigate', keys: 'i', run: act(({ id }) => navigate(link('/investigate', { alert: id }))) },
        { id: 'alerts.refresh', keys: 'r', run: inbox.refresh },
    ]);
    return { openRow };
}

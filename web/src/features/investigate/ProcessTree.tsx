import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import TreeView from '@cloudscape-design/components/tree-view';
import { useQueries } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { Schemas } from '~/api/client';
import { useText } from '~/app/intl';
import { useProblem } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { When } from '~/ui/When';
import { childrenQuery, type Process } from './data';
import { investigatePath } from './subject';
import { idOf, type Node } from './tree';

type Item =
    | { id: string; process: Process; inner: Node[] | null; children: Item[] | undefined }
    | { id: string; note: 'loading' | 'more' | 'error'; text?: string; children?: undefined };

interface Props {
    /** Those that the roots descend from, the eldest first. */
    chain?: readonly Schemas['Process'][];
    roots: readonly Node[];
    onOpen(event: string): void;
}

/** So many roots stand open at first; the children of each are a call. */
const openFirst = 6;

/** Processes under those that started them. What one started is asked for when it is opened. */
export function ProcessTree({ chain = [], roots, onOpen }: Props) {
    const t = useText();
    const problem = useProblem();
    const above = useMemo(() => chain.map((one) => ({ ...one, children: 1 })), [chain]);
    const [open, setOpen] = useState<ReadonlyMap<string, Process>>(() => {
        // Of a chain all of it, of the starts of a span those that are known to have started others.
        const first =
            chain.length > 0 || roots.length === 1 ? roots : roots.filter(({ children }) => children.length > 0);
        const processes = [...above, ...first.slice(0, openFirst).map(({ process }) => process)];
        return new Map(processes.map((one) => [idOf(one), one]));
    });
    const shut = new Set(above.map(idOf));
    const asked = [...open.values()].filter((one) => !shut.has(idOf(one)) && one.children !== 0);
    const answers = useQueries({
        queries: asked.map((one) => childrenQuery(one.host, one.pid, one.started_at)),
    });
    const known = new Map(asked.map((one, at) => [idOf(one), answers[at]!]));

    const itemOf = (process: Process, path: string, inner: Node[] = []): Item => {
        const id = `${path}/${idOf(process)}`;
        const answer = known.get(idOf(process));
        if (process.children === 0) return { id, process, inner: null, children: undefined };
        if (!answer?.data) {
            const waits: Item = answer?.error
                ? { id: `${id}/error`, note: 'error', text: problem(answer.error).text }
                : { id: `${id}/loading`, note: 'loading' };
            // From the starts of the span it is known already that there are none below, or some.
            const first = inner.map((node) => itemOf(node.process, id, node.children));
            return {
                id,
                process,
                inner,
                children: [...first, ...(first.length === 0 || answer?.error ? [waits] : [])],
            };
        }
        const under: Item[] = answer.data.children.map((one) => itemOf(one, id));
        if (answer.data.next) under.push({ id: `${id}/more`, note: 'more' });
        return { id, process, inner, children: under.length > 0 ? under : undefined };
    };
    const bottom = roots.map(({ process, children }) => itemOf(process, '', children));
    const items = above.reduceRight<Item[]>(
        (children, process) => [{ id: `above/${idOf(process)}`, process, inner: null, children }],
        bottom,
    );
    const ids: string[] = [];
    const collect = (all: readonly Item[]) => {
        for (const one of all)
            if ('process' in one && one.children && open.has(idOf(one.process))) {
                ids.push(one.id);
                collect(one.children);
            }
    };
    collect(items);
    const name = (one: Process) => one.arguments ?? one.exe ?? t('investigate.tree.unknown');
    return (
        <TreeView<Item>
            ariaLabel={t('investigate.tab.tree')}
            connectorLines="vertical"
            items={items}
            getItemId={(one) => one.id}
            getItemChildren={(one) => one.children}
            expandedItems={ids}
            onItemToggle={({ detail }) => {
                const { item, expanded } = detail;
                if (!('process' in item)) return;
                const next = new Map(open);
                if (expanded) next.set(idOf(item.process), item.process);
                else next.delete(idOf(item.process));
                setOpen(next);
            }}
            renderItem={(one) => {
                if (!('process' in one))
                    return {
                        content:
                            one.note === 'loading' ? (
                                <StatusIndicator type="loading">{t('ui.loading')}</StatusIndicator>
                            ) : one.note === 'error' ? (
                                <StatusIndicator type="error">{one.text}</StatusIndicator>
                            ) : (
                                t('investigate.tree.more')
                            ),
                        announcementLabel: t('ui.loading'),
                    };
                const { process } = one;
                const { host, pid, user, login_user, started_at, event_id } = process;
                return {
                    announcementLabel: `${name(process)} (${pid})`,
                    content: (
                        <code className="vg-code vg-wrap">
                            {event_id ? (
                                <Button variant="inline-link" onClick={() => onOpen(event_id)}>
                                    {name(process)}
                                </Button>
                            ) : (
                                name(process)
                            )}
                        </code>
                    ),
                    secondaryContent: (
                        <Box fontSize="body-s" color="text-body-secondary">
                            <Follow
                                to={investigatePath({ field: 'process', value: String(pid), host }, { tab: 'tree' })}
                                label={t('investigate.tree.pid', { pid })}
                                fontSize="body-s"
                            >
                                {pid}
                            </Follow>
                            {user && (
                                <>
                                    {' · '}
                                    <Follow
                                        to={investigatePath({ field: 'identity', value: user, host: null })}
                                        fontSize="body-s"
                                    >
                                        {user}
                                    </Follow>
                                </>
                            )}
                            {login_user && login_user !== user && ` (${login_user})`}
                            {started_at && (
                                <>
                                    {' · '}
                                    <When time={started_at} as="short" />
                                </>
                            )}
                        </Box>
                    ),
                };
            }}
        />
    );
}

import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ReactNode, useCallback, useMemo, useState } from 'react';
import { useIntl } from 'react-intl';
import type { Schemas } from '~/api/client';
import { useFlash } from '~/app/flash';
import { useText } from '~/app/intl';
import { useSession } from '~/app/session';
import { useUrl } from '~/app/url';
import { ErrorBox, useProblem } from '~/ui/ErrorBox';
import { PropertyFilters } from './AlertFilters';
import { AlertList } from './AlertList';
import { AssignButton, AssignMenu } from './AssignButton';
import { usePreviewAssignment, usePreviewDismissal } from './actions';
import { pathOf, totalOf } from './counts';
import type { Cursor } from './cursor';
import type { useDialogs } from './dialogs';
import { InboxEmpty } from './InboxEmpty';
import { InboxHeader } from './InboxHeader';
import { useInboxKeys } from './keys';
import { useStable } from './stable';
import type { useInbox } from './useInbox';
import { filterOf, queryOf, type Alert as Row, setOf, type View } from './view';

/** The inbox as a list, with what can be done with one alert, some, or all of them. */
export function ListView({
    view,
    inbox,
    filters,
    counts,
    cursor,
    dialogs,
}: {
    view: View;
    inbox: ReturnType<typeof useInbox>;
    filters: ReactNode;
    counts: Schemas['AlertCounts'] | undefined;
    cursor: Cursor;
    dialogs: ReturnType<typeof useDialogs>;
}) {
    const t = useText();
    const intl = useIntl();
    const flash = useFlash();
    const problem = useProblem();
    const { get, set } = useUrl();
    const { may } = useSession();
    const [selected, setSelected] = useState<readonly Row[]>([]);
    const { alerts } = inbox;
    const open = get('open');
    const total = totalOf(counts, view);
    const preview = usePreviewDismissal();
    const counted = usePreviewAssignment();

    // What is no longer shown is no longer chosen: an act never takes more than what one sees.
    const chosen = useMemo(
        () => selected.flatMap(({ id }) => alerts.find((one) => one.id === id) ?? []),
        [selected, alerts],
    );
    const ids = useMemo(() => chosen.map(({ id }) => id), [chosen]);
    const activeIds = chosen.filter(({ status }) => status === 'active').map(({ id }) => id);

    const setOpen = useCallback((id: string | null) => set({ open: id }), [set]);
    const keys = useInboxKeys({ inbox, cursor, dialogs, open, setOpen, selected: chosen, setSelected });

    const dismissAll = useStable(async () => {
        const filter = filterOf(view, inbox.now);
        if (!filter) return;
        try {
            const { count, until } = await preview.mutateAsync(filter);
            dialogs.dismiss({ filter, until, expected: count }, undefined, () => setSelected([]));
        } catch (error) {
            flash.push({ id: 'preview', type: 'error', content: problem(error).text });
        }
    });
    const assignAll = useStable(async (assignee: string) => {
        const filter = setOf(view, inbox.now);
        try {
            const { count, until } = await counted.mutateAsync(filter);
            dialogs.assign({ filter, until, expected: count }, assignee, () => setSelected([]));
        } catch (error) {
            flash.push({ id: 'preview', type: 'error', content: problem(error).text });
        }
    });
    const dismissChosen = useStable(() => dialogs.dismiss({ ids: activeIds }, undefined, () => setSelected([])));
    const refresh = useStable(inbox.refresh);
    const retry = useStable(() => inbox.list.refetch());
    const onOpen = useStable((alert: Row) => keys.openRow(alert.id));
    const onPage = useStable((page: number) => set({ page: page === 1 ? null : page }));

    // Parts of the list are kept, so that it is drawn anew only when what it shows changes and not when the panel moves on.
    const number = intl.formatNumber;
    const counter =
        total === null ? '' : ids.length > 0 ? `(${number(ids.length)}/${number(total)})` : `(${number(total)})`;
    const path = pathOf('/api/v1/alerts', queryOf(view, inbox.now));
    const call = useMemo(() => ({ path }), [path]);
    const acts = may('user');
    const some = activeIds.length > 0;
    const whole = acts && alerts.length > 0 && ids.length === alerts.length && (total ?? 0) > ids.length;
    // biome-ignore lint/correctness/useExhaustiveDependencies: the functions are stable, the text follows the language
    const header = useMemo(
        () => (
            <SpaceBetween size="xs">
                <InboxHeader
                    counter={counter}
                    fresh={inbox.fresh}
                    refresh={refresh}
                    call={call}
                    actions={
                        ids.length > 0 && (
                            <SpaceBetween direction="horizontal" size="xs">
                                <Button disabled={!acts || !some} onClick={dismissChosen}>
                                    {t('alerts.dismiss')}
                                </Button>
                                <AssignButton ids={ids} />
                            </SpaceBetween>
                        )
                    }
                />
                {filters}
                {whole && (
                    <Alert
                        type="info"
                        action={
                            <SpaceBetween direction="horizontal" size="xs">
                                {view.status !== 'dismissed' && (
                                    <Button loading={preview.isPending} onClick={dismissAll}>
                                        {t('alerts.dismiss.all')}
                                    </Button>
                                )}
                                <AssignMenu text={t('alerts.assign.all')} busy={counted.isPending} to={assignAll} />
                            </SpaceBetween>
                        }
                    >
                        {t('alerts.select.all', { chosen: ids.length, total: total ?? 0 })}
                    </Alert>
                )}
                {inbox.list.error && <ErrorBox error={inbox.list.error} retry={retry} />}
            </SpaceBetween>
        ),
        [
            counter,
            inbox.fresh,
            call,
            ids,
            acts,
            some,
            filters,
            whole,
            view.status,
            preview.isPending,
            counted.isPending,
            total,
            inbox.list.error,
            intl,
        ],
    );
    const filter = useMemo(() => <PropertyFilters view={view} />, [view]);
    const empty = useMemo(() => (inbox.list.error ? null : <InboxEmpty view={view} />), [inbox.list.error, view]);
    const pagination = useMemo(
        () => (
            <Pagination
                currentPageIndex={inbox.page}
                pagesCount={inbox.pages}
                openEnd={inbox.more}
                onChange={({ detail }) => onPage(detail.currentPageIndex)}
            />
        ),
        [inbox.page, inbox.pages, inbox.more, onPage],
    );
    return (
        <AlertList
            alerts={alerts}
            loading={inbox.list.isLoading}
            selected={chosen}
            onSelect={setSelected}
            onOpen={onOpen}
            header={header}
            filter={filter}
            empty={empty}
            pagination={pagination}
        />
    );
}

import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import SplitPanel from '@cloudscape-design/components/split-panel';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from 'react';
import { FormattedNumber } from 'react-intl';
import { useNavigate } from 'react-router';
import { ApiError } from '~/api/client';
import { useText } from '~/app/intl';
import { useKeys } from '~/app/keys';
import { Page } from '~/app/page';
import { usePagePreference } from '~/app/preferences';
import { rangeOf, rangePatch, seconds } from '~/app/range';
import { link, useUrl } from '~/app/url';
import { addCondition } from '~/filter';
import { CopyAs } from '~/ui/Copy';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { EventDetails } from '~/ui/EventDetails';
import { Histogram } from '~/ui/Histogram';
import { Loading } from '~/ui/Loading';
import { SavedViews } from '~/ui/SavedViews';
import { TimeRange } from '~/ui/TimeRange';
import { type GridColumn, VGrid } from '~/ui/VGrid';
import { When } from '~/ui/When';
import { ColumnsMenu } from './ColumnsModal';
import { FacetPanel } from './FacetPanel';
import {
    cellText,
    countQuery,
    defaultColumns,
    type Event,
    eventQuery,
    eventsQuery,
    exportPath,
    histogramQuery,
    rowsOf,
    searchOf,
} from './search';
import { useTail } from './useTail';

const FilterField = lazy(() => import('~/ui/FilterField'));

const fallbackRange = '24h';
const wider: Record<string, string> = {
    '15m': '1h',
    '1h': '24h',
    '24h': '7d',
    '7d': '30d',
    '30d': '90d',
    '90d': '52w',
};

export default function EventsPage() {
    const t = useText();
    const navigate = useNavigate();
    const client = useQueryClient();
    const { get, set, params } = useUrl();
    const filter = get('filter');
    const range = useMemo(() => rangeOf(params, fallbackRange), [params]);
    const rangeText = 'last' in range ? range.last : `${range.from}/${range.until}`;
    const open = get('open') || null;
    const live = get('live') === '1';
    const [text, setText] = useState(filter);
    const [asked, setAsked] = useState(() => Date.now());
    const [paused, setPaused] = useState(false);
    const [kept, setKept] = usePagePreference<readonly string[]>('events.columns', defaultColumns);
    const [widthsOf, setWidthsOf] = usePagePreference<Record<string, number>>('events.widths', {});
    const [facetsShown, setFacetsShown] = usePagePreference('events.facets.shown', true);
    const named = get('columns');
    const columns = useMemo(() => (named ? named.split(',').filter(Boolean) : kept), [named, kept]);
    // Somebody went back, or a link changed the filter: the text follows.
    useEffect(() => setText(filter), [filter]);
    // biome-ignore lint/correctness/useExhaustiveDependencies: another filter or span is another moment of asking
    const search = useMemo(() => searchOf(filter, range, asked), [filter, rangeText, asked]);

    const pages = useInfiniteQuery({ ...eventsQuery(search, columns), enabled: !live });
    const rows = useMemo(() => rowsOf(pages.data), [pages.data]);
    const count = useQuery({ ...countQuery(search), enabled: !live });
    const histogram = useQuery({ ...histogramQuery(search), enabled: !live });
    const tail = useTail(live, paused, filter, columns);
    const shown = live ? tail.rows : rows;
    const opened = useQuery({ ...eventQuery(open ?? ''), enabled: open !== null });

    const run = () => {
        setAsked(Date.now());
        set({ filter: text.trim() || null, open: null }, { push: true });
    };
    const narrow = useCallback(
        (field: string, value: unknown, exclude: boolean) =>
            set({ filter: addCondition(filter, field, value, exclude) }, { push: true }),
        [filter, set],
    );
    const widen = () => {
        const last = 'last' in range ? range.last : null;
        set(rangePatch({ last: (last && wider[last]) || (last && seconds(last)! >= seconds('90d')! ? '52w' : '7d') }), {
            push: true,
        });
    };
    const at = shown.findIndex(({ id }) => id === open);
    const step = (by: number) => {
        const next = shown[Math.max(0, Math.min(shown.length - 1, at < 0 ? 0 : at + by))];
        if (next) set({ open: next.id });
    };
    useKeys([
        {
            id: 'events.filter',
            keys: '/',
            run: () => document.querySelector<HTMLElement>('.vg-events-filter .cm-content')?.focus(),
        },
        { id: 'events.next', keys: 'j', run: () => step(1), keyOnly: true },
        { id: 'events.previous', keys: 'k', run: () => step(-1), keyOnly: true },
        { id: 'events.close', keys: 'Escape', run: () => set({ open: null }), keyOnly: true, disabled: open === null },
        { id: 'events.live', keys: 'l', run: () => set({ live: live ? null : 1 }) },
    ]);

    const hasMore = pages.hasNextPage;
    const { fetchNextPage, isFetchingNextPage } = pages;
    const onRange = useCallback(
        (_first: number, last: number) => {
            if (!live && hasMore && !isFetchingNextPage && last >= rows.length - 100) fetchNextPage();
        },
        [live, hasMore, isFetchingNextPage, fetchNextPage, rows.length],
    );
    const grid: GridColumn<Event>[] = [
        {
            id: 'time',
            header: t('ui.time'),
            width: widthsOf.time ?? 170,
            cell: (event) => <When time={event.time} as="short" />,
        },
        ...columns.map((column) => ({
            id: column,
            header: column,
            width: widthsOf[column] ?? 150,
            cell: (event: Event) => <span title={cellText(event, column)}>{cellText(event, column)}</span>,
        })),
    ];
    // Beside an open event there is no room for them.
    const withFacets = facetsShown && !live && open === null;
    const searching = pages.isFetching && !isFetchingNextPage;
    const fault = pages.error ?? count.error ?? histogram.error;
    const formats = [
        { id: 'ndjson', text: t('events.export.ndjson') },
        { id: 'csv', text: t('events.export.csv') },
        { id: 'parquet', text: t('events.export.parquet') },
    ];
    return (
        <Page
            title={t('events.title')}
            help="events.help"
            contentType="table"
            splitPanel={
                open !== null && (
                    <SplitPanel header={t('events.event')} hidePreferencesButton={false}>
                        {opened.error ? (
                            <ErrorBox error={opened.error} retry={() => opened.refetch()} />
                        ) : opened.data ? (
                            <EventDetails event={opened.data} onFilter={narrow} />
                        ) : (
                            <Loading />
                        )}
                    </SplitPanel>
                )
            }
            onSplitToggle={(isOpen) => {
                if (!isOpen) set({ open: null });
            }}
        >
            <SpaceBetween size="m">
                <Header
                    variant="h1"
                    counter={count.data !== undefined && !live ? `(${count.data.toLocaleString()})` : undefined}
                    actions={
                        <SpaceBetween direction="horizontal" size="xs">
                            <SavedViews page="events" path="/events" url={params.toString()} />
                            <ButtonDropdown
                                items={formats}
                                onItemClick={({ detail }) => {
                                    globalThis.location.assign(
                                        exportPath(search, detail.id, detail.id === 'csv' ? columns : undefined),
                                    );
                                }}
                            >
                                {t('events.export')}
                            </ButtonDropdown>
                            <CopyAs
                                call={{
                                    path: `/api/v1/events?${new URLSearchParams({ ...(filter ? { filter } : {}), since: search.since, until: search.until })}`,
                                }}
                            />
                            <Button disabled={!filter} onClick={() => navigate(link('/rules/new', { filter }))}>
                                {t('events.rule')}
                            </Button>
                            <Button iconName={live ? 'close' : 'play'} onClick={() => set({ live: live ? null : 1 })}>
                                {t(live ? 'events.live.end' : 'events.live')}
                            </Button>
                        </SpaceBetween>
                    }
                >
                    {t('events.title')}
                </Header>
                <div className="vg-events-filter">
                    <div className="vg-events-text">
                        <Suspense
                            fallback={
                                <Input
                                    value={text}
                                    ariaLabel={t('events.filter')}
                                    onChange={({ detail }) => setText(detail.value)}
                                />
                            }
                        >
                            <FilterField
                                value={text}
                                onChange={setText}
                                onSubmit={run}
                                label={t('events.filter')}
                                placeholder={t('events.filter.example')}
                            />
                        </Suspense>
                    </div>
                    <TimeRange value={range} onChange={(next) => set(rangePatch(next), { push: true })} />
                    {searching ? (
                        <Button onClick={() => client.cancelQueries({ queryKey: ['events'] })}>{t('ui.cancel')}</Button>
                    ) : (
                        <Button variant="primary" iconName="search" onClick={run}>
                            {t('events.search')}
                        </Button>
                    )}
                </div>
                {text.trim() !== filter && (
                    <Box color="text-body-secondary" fontSize="body-s">
                        {t('events.pending')}
                    </Box>
                )}
                {fault && !(fault instanceof ApiError && fault.code === 'aborted') && (
                    <ErrorBox error={fault} retry={run} />
                )}
                {live ? (
                    <SpaceBetween direction="horizontal" size="m" alignItems="center">
                        <StatusIndicator
                            type={tail.state === 'open' ? 'success' : tail.state === 'lost' ? 'error' : 'pending'}
                        >
                            {t(`events.live.${tail.state}`)}
                        </StatusIndicator>
                        <Box>{t('events.live.rate', { rate: Math.round(tail.rate * 10) / 10 })}</Box>
                        {tail.missed > 0 && (
                            <Box color="text-status-warning">{t('events.live.missed', { count: tail.missed })}</Box>
                        )}
                        <Button iconName={paused ? 'play' : 'pause'} onClick={() => setPaused(!paused)}>
                            {t(paused ? 'events.live.go' : 'events.live.pause')}
                        </Button>
                    </SpaceBetween>
                ) : (
                    <ExpandableSection headerText={t('events.over-time')} defaultExpanded variant="footer">
                        {histogram.data ? (
                            <Histogram
                                title={t('events.title')}
                                bars={histogram.data.bars}
                                width={histogram.data.seconds}
                                height={90}
                                onSelect={(from, until) => set(rangePatch({ from, until }), { push: true })}
                                onWiden={widen}
                            />
                        ) : (
                            !histogram.error && <Loading rows={3} />
                        )}
                    </ExpandableSection>
                )}
                <div className="vg-events-body">
                    {withFacets && <FacetPanel search={search} onFilter={narrow} />}
                    <SpaceBetween size="xs">
                        <div className="vg-events-tools">
                            {!live && open === null && (
                                <Button variant="inline-link" onClick={() => setFacetsShown(!facetsShown)}>
                                    {t(facetsShown ? 'events.facets.hide' : 'events.facets.show')}
                                </Button>
                            )}
                            <Box color="text-body-secondary" fontSize="body-s">
                                {!live && count.data !== undefined && (
                                    <>
                                        {t('events.loaded')} <FormattedNumber value={rows.length} /> /{' '}
                                        <FormattedNumber value={count.data} />
                                    </>
                                )}
                            </Box>
                            <ColumnsMenu
                                columns={columns}
                                onChange={(next) => {
                                    setKept(next);
                                    set({ columns: next.join(',') });
                                }}
                            />
                        </div>
                        {!live && pages.isPending && !pages.error ? (
                            <Loading rows={10} />
                        ) : (
                            <VGrid
                                label={t('events.title')}
                                columns={grid}
                                count={shown.length + (!live && hasMore ? 1 : 0)}
                                row={(index) => shown[index]}
                                rowKey={({ id }) => id}
                                onRange={onRange}
                                selected={open}
                                onSelect={({ id }) => set({ open: id })}
                                onWidth={(id, width) => setWidthsOf({ ...widthsOf, [id]: width })}
                                height="max(360px, calc(100vh - 430px))"
                                empty={
                                    <Empty
                                        title={t(live ? 'events.none.live' : 'events.none')}
                                        text={t(
                                            live
                                                ? 'events.none.live.text'
                                                : filter
                                                  ? 'events.none.filter'
                                                  : 'events.none.range',
                                        )}
                                        action={!live && <Button onClick={widen}>{t('events.widen')}</Button>}
                                    />
                                }
                            />
                        )}
                        {!live && !filter && count.data === 0 && (
                            <Alert
                                type="info"
                                action={<Button onClick={() => navigate('/start')}>{t('events.start')}</Button>}
                            >
                                {t('events.none.source')}
                            </Alert>
                        )}
                    </SpaceBetween>
                </div>
            </SpaceBetween>
        </Page>
    );
}

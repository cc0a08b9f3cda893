import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useIntl } from 'react-intl';
import { useNavigate } from 'react-router';
import { ApiError } from '~/api/client';
import { useText } from '~/app/intl';
import { useKeys } from '~/app/keys';
import { Page } from '~/app/page';
import { usePagePreference } from '~/app/preferences';
import { rangeOf, rangePatch } from '~/app/range';
import { link, useUrl } from '~/app/url';
import { addCondition } from '~/filter';
import { CopyAs } from '~/ui/Copy';
import { ErrorBox } from '~/ui/ErrorBox';
import { ExportMenu } from '~/ui/ExportMenu';
import { SavedViews } from '~/ui/SavedViews';
import type { GridHandle } from '~/ui/VGrid';
import { EventPanel } from './EventPanel';
import { FacetPanel } from './FacetPanel';
import { OverTime } from './OverTime';
import { Results } from './Results';
import { SearchBar } from './SearchBar';
import { countQuery, defaultColumns, exportPath, fieldsFor, listPath, newerQuery, searchOf } from './search';
import { Tailing } from './Tailing';
import { useFound } from './useRows';
import { wider } from './widen';
import './events.css';

const fallbackRange = '24h';
/** On narrower screens the values are shown only when they are wanted, px. */
const facetsFrom = 1100;
/** On narrower ones an open event takes the room of the histogram, px. */
const histogramFrom = 1280;

export default function EventsPage() {
    const t = useText();
    const intl = useIntl();
    const navigate = useNavigate();
    const { get, set, params } = useUrl();
    const filter = get('filter');
    const range = useMemo(() => rangeOf(params, fallbackRange), [params]);
    const rangeText = 'last' in range ? range.last : `${range.from}/${range.until}`;
    const open = get('open') || null;
    const live = get('live') === '1';
    const [text, setText] = useState(filter);
    const [asked, setAsked] = useState(() => Date.now());
    const [kept, setKept] = usePagePreference<readonly string[]>('events.columns', defaultColumns);
    const [facetsShown, setFacetsShown] = usePagePreference('events.facets.shown', globalThis.innerWidth >= facetsFrom);
    const named = get('columns');
    const columns = useMemo(() => (named ? named.split(',').filter(Boolean) : kept), [named, kept]);
    const fields = fieldsFor(columns);
    const grid = useRef<GridHandle>(null);
    // Somebody went back, or a link changed the filter: the text follows.
    useEffect(() => setText(filter), [filter]);
    // biome-ignore lint/correctness/useExhaustiveDependencies: another filter or span is another moment of asking
    const search = useMemo(() => searchOf(filter, range, asked), [filter, rangeText, asked]);

    const found = useFound(search, fields, !live);
    const count = useQuery({ ...countQuery(search), enabled: !live });
    const newer = useQuery({ ...newerQuery(search), enabled: !live && 'last' in range && !found.waiting });

    const again = useCallback(() => {
        setAsked(Date.now());
        grid.current?.top();
    }, []);
    const run = () => {
        again();
        if (text.trim() !== filter) set({ filter: text.trim() || null, open: null }, { push: true });
    };
    const narrow = useCallback(
        (field: string, value: unknown, exclude: boolean) =>
            set({ filter: addCondition(filter, field, value, exclude) }, { push: true }),
        [filter, set],
    );
    const setColumns = useCallback(
        (next: readonly string[]) => {
            setKept(next);
            set({ columns: next.join(',') });
        },
        [setKept, set],
    );
    const toggleColumn = (field: string) =>
        setColumns(columns.includes(field) ? columns.filter((one) => one !== field) : [...columns, field]);
    const toRange = useCallback(
        (from: string, until: string) => set(rangePatch({ from, until }), { push: true }),
        [set],
    );
    const widen = () => set(rangePatch(wider(range, Date.now())), { push: true });
    useKeys([
        {
            id: 'events.filter',
            keys: '/',
            run: () => document.querySelector<HTMLElement>('.vg-events-filter .cm-content')?.focus(),
        },
        { id: 'events.close', keys: 'Escape', run: () => set({ open: null }), keyOnly: true, disabled: open === null },
        { id: 'events.live', keys: 'l', run: () => set({ live: live ? null : 1 }) },
    ]);

    // There is nothing to show of a filter that cannot be read but what is wrong with it.
    const unreadable = found.error instanceof ApiError && found.error.code === 'bad_filter';
    const view = {
        columns,
        onColumns: setColumns,
        open,
        onOpen: (id: string | null) => set({ open: id }),
        onFilter: narrow,
        grid,
    };
    return (
        <Page
            title={t('events.title')}
            help="events.help"
            contentType="table"
            splitPanel={
                open !== null && <EventPanel id={open} onFilter={narrow} columns={columns} onColumn={toggleColumn} />
            }
            splitSize={{ side: Math.max(400, Math.round(globalThis.innerWidth * 0.31)), bottom: 360 }}
            onSplitToggle={(isOpen) => {
                if (!isOpen) set({ open: null });
            }}
        >
            <SpaceBetween size="s">
                <Header
                    variant="h1"
                    counter={count.data !== undefined && !live ? `(${intl.formatNumber(count.data)})` : undefined}
                    actions={
                        <SpaceBetween direction="horizontal" size="xs">
                            <SavedViews page="events" path="/events" url={params.toString()} />
                            <ExportMenu path={(format) => exportPath(search, format, columns)} disabled={live} />
                            <CopyAs call={{ path: listPath(search) }} />
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
                <SearchBar
                    text={text}
                    onText={setText}
                    pending={text.trim() !== filter}
                    filter={unreadable ? '' : filter}
                    range={range}
                    onRange={live ? undefined : (patch) => set(patch, { push: true })}
                    onRun={run}
                    searching={found.searching}
                    onCancel={found.cancel}
                />
                {live ? (
                    <Tailing filter={filter} fields={fields} {...view} />
                ) : (
                    <>
                        {found.error ? <ErrorBox error={found.error} retry={again} /> : null}
                        {!unreadable && (
                            <>
                                {(open === null || globalThis.innerWidth >= histogramFrom) && (
                                    <OverTime bars={found.bars} onSelect={toRange} onWiden={widen} />
                                )}
                                <div className="vg-events-body">
                                    {/* Beside an open event there is no room for them. */}
                                    {facetsShown && open === null && (
                                        <FacetPanel
                                            search={search}
                                            onFilter={narrow}
                                            onHide={() => setFacetsShown(false)}
                                        />
                                    )}
                                    <Results
                                        found={found}
                                        filter={filter}
                                        counted={count.data}
                                        newer={newer.data ?? 0}
                                        onAgain={again}
                                        onWiden={widen}
                                        onClear={() => set({ filter: null }, { push: true })}
                                        onFacets={facetsShown || open !== null ? undefined : () => setFacetsShown(true)}
                                        {...view}
                                    />
                                </div>
                            </>
                        )}
                    </>
                )}
            </SpaceBetween>
        </Page>
    );
}

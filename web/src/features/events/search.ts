import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, body, type Schemas } from '~/api/client';
import { bounds, type Range, seconds, widthFor } from '~/app/range';
import type { Bar } from '~/ui/Histogram';
import { whatColumn, whatFields } from './what';

export type Event = Schemas['Event'];

/** What is looked for, from `since` on and before `until`. The moment of asking fixes what "the last day" is, so that all parts of the page speak of one span. */
export interface Search {
    filter: string;
    since: string;
    until: string;
}

export function searchOf(filter: string, range: Range, now: number): Search {
    const { from, until } = bounds(range, now);
    return { filter: filter.trim(), since: from, until };
}

/** The search as the server is asked for it, to whom `until` is the last moment that is looked at. Its times have microseconds. */
export const asked = ({ filter, since, until }: Search): Search => ({
    filter,
    since,
    until: new Date(Date.parse(until) - 1).toISOString().replace('Z', '999Z'),
});

export const pageRows = 500;
/** So many rows a browser can scroll over; beyond them a search must be narrowed. */
export const rowsMax = 1_000_000;
export const defaultColumns = [whatColumn, 'user', 'ip', 'accountId', 'hostname'] as const;
export const defaultFacets = [
    'event_type',
    'eventSource',
    'eventName',
    'user',
    'ip',
    'accountId',
    'region',
    'errorCode',
    'hostname',
] as const;

/** What the server must give for these columns. */
export const fieldsFor = (columns: readonly string[]): string =>
    [...new Set(columns.flatMap((column) => (column === whatColumn ? whatFields : [column])))].join(',') ||
    'event_type';

export async function page(
    search: Search,
    fields: string,
    cursor: string | null,
    signal: AbortSignal,
): Promise<Schemas['EventPage']> {
    const query = { ...asked(search), columns: fields, limit: pageRows, ...(cursor ? { cursor } : {}) };
    return body(api.GET('/api/v1/events', { signal, params: { query } }));
}

/** The first rows, which are there before the counts are. */
export const headQuery = (search: Search, fields: string) =>
    queryOptions({
        queryKey: ['events', 'head', search, fields],
        queryFn: ({ signal }) => page(search, fields, null, signal),
        staleTime: Number.POSITIVE_INFINITY,
    });

export async function histogram(search: Search, width: string, signal: AbortSignal) {
    return (await body(api.GET('/api/v1/events/histogram', { signal, params: { query: { ...asked(search), width } } })))
        .bars;
}

export const countQuery = (search: Search) =>
    queryOptions({
        queryKey: ['events', 'count', search],
        queryFn: async ({ signal }) =>
            (await body(api.GET('/api/v1/events/count', { signal, params: { query: asked(search) } }))).count,
        staleTime: Number.POSITIVE_INFINITY,
    });

const newerEvery = 20_000;

/** How many events came since the search was asked, of those that it would find. */
export const newerQuery = ({ filter, until }: Search) =>
    queryOptions({
        queryKey: ['events', 'newer', filter, until],
        queryFn: async ({ signal }) => {
            const now = new Date().toISOString();
            if (Date.parse(now) <= Date.parse(until)) return 0;
            const query = { filter, since: until, until: now };
            return (await body(api.GET('/api/v1/events/count', { signal, params: { query } }))).count;
        },
        refetchInterval: newerEvery,
        retry: false,
    });

export const facetsQuery = (search: Search, fields: readonly string[]) =>
    queryOptions({
        queryKey: ['events', 'facets', search, fields],
        queryFn: async ({ signal }) =>
            (
                await body(
                    api.GET('/api/v1/events/facets', {
                        signal,
                        params: { query: { ...asked(search), field: [...fields], limit: 10 } },
                    }),
                )
            ).facets,
        // Another field, or another search: what was there stays till then.
        placeholderData: keepPreviousData,
        staleTime: Number.POSITIVE_INFINITY,
    });

export const eventQuery = (id: string) =>
    queryOptions({
        queryKey: ['event', id],
        queryFn: ({ signal }) => body(api.GET('/api/v1/events/{id}', { signal, params: { path: { id } } })),
        staleTime: Number.POSITIVE_INFINITY,
    });

const barsMax = 100;

/** The width of bars for a span: of those that people know, else of whole days. */
export function barWidth(search: Pick<Search, 'since' | 'until'>): { width: string; seconds: number } {
    const span = (Date.parse(search.until) - Date.parse(search.since)) / 1000;
    const days = Math.ceil(span / 86_400 / barsMax);
    if (days > 1) return { width: `${days}d`, seconds: days * 86_400 };
    const width = widthFor({ from: search.since, until: search.until }, barsMax);
    return { width, seconds: seconds(width)! };
}

export const histogramQuery = (search: Search) => {
    const { width, seconds: size } = barWidth(search);
    return queryOptions({
        queryKey: ['events', 'histogram', search],
        queryFn: async ({ signal }) => ({
            seconds: size,
            bars: filled(await histogram(search, width, signal), search, size),
        }),
        staleTime: Number.POSITIVE_INFINITY,
    });
};

/** The bars of the whole span: the server leaves out those in which nothing happened. */
export function filled(
    bars: readonly { begin: string; count: number }[],
    search: Pick<Search, 'since' | 'until'>,
    size: number,
): Bar[] {
    const counts = new Map(bars.map(({ begin, count }) => [Date.parse(begin) / 1000, count]));
    const first = Math.floor(Date.parse(search.since) / 1000 / size) * size;
    const end = Date.parse(search.until) / 1000;
    const all: Bar[] = [];
    for (let at = first; at < end; at += size)
        all.push({ begin: new Date(at * 1000).toISOString(), counts: [counts.get(at) ?? 0] });
    return all;
}

/** The text of a field; several values are shown with a comma between them. */
export function cellText(event: Event, field: string): string {
    const value = event.fields?.[field];
    if (value === null || value === undefined) return '';
    return Array.isArray(value) ? value.join(', ') : value;
}

/** What an event is called by: the call, the kind or the program of its record. */
export function recordName(event: Event | undefined): string | null {
    const record = event?.record as Record<string, unknown> | undefined;
    for (const key of ['eventName', 'detail-type', 'arguments', 'command', 'filename', 'type']) {
        const value = record?.[key];
        if (typeof value === 'string' && value) return value;
    }
    return event?.type ?? null;
}

/** How the filter is asked of the store. */
export const planQuery = (filter: string) =>
    queryOptions({
        queryKey: ['events', 'plan', filter],
        queryFn: ({ signal }) => body(api.GET('/api/v1/events/explain', { signal, params: { query: { filter } } })),
        staleTime: Number.POSITIVE_INFINITY,
    });

function asQuery(search: Search, more: Record<string, string>): URLSearchParams {
    const { filter, since, until } = asked(search);
    return new URLSearchParams({ since, until, ...(filter ? { filter } : {}), ...more });
}

/** The events of a search as a file: a CSV has the columns of the grid, the others whole events. */
export function exportPath(search: Search, format: string, columns: readonly string[]): string {
    const table: Record<string, string> = format === 'csv' ? { columns: fieldsOfTable(columns).join(',') } : {};
    return `/api/v1/events/export?${asQuery(search, { format, ...table })}`;
}

/** What happened is told by fields of their own there. */
function fieldsOfTable(columns: readonly string[]): string[] {
    const named = columns.flatMap((column) =>
        column === whatColumn
            ? ['event_type', 'eventSource', 'eventName', 'errorCode', 'arguments', 'filename']
            : [column],
    );
    return [...new Set(named)];
}

/** The call behind the grid. */
export const listPath = (search: Search) => `/api/v1/events?${asQuery(search, { limit: String(pageRows) })}`;

import { type InfiniteData, infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, body, type Schemas } from '~/api/client';
import { bounds, type Range, widthFor, widths } from '~/app/range';
import type { Bar } from '~/ui/Histogram';

export type Event = Schemas['Event'];

/** What is looked for. The moment of asking fixes what "the last day" is, so that all parts of the page speak of one span. */
export interface Search {
    filter: string;
    since: string;
    until: string;
}

export function searchOf(filter: string, range: Range, now: number): Search {
    const { from, until } = bounds(range, now);
    return { filter: filter.trim(), since: from, until };
}

export const pageRows = 500;
export const defaultColumns = ['event_type', 'eventName', 'eventSource', 'user', 'ip', 'accountId', 'region', 'hostname'] as const;
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

export const eventsQuery = (search: Search, columns: readonly string[]) =>
    infiniteQueryOptions({
        queryKey: ['events', search, columns],
        queryFn: ({ signal, pageParam }) =>
            body(
                api.GET('/api/v1/events', {
                    signal,
                    params: {
                        query: {
                            ...search,
                            columns: columns.join(','),
                            limit: pageRows,
                            ...(pageParam ? { cursor: pageParam } : {}),
                        },
                    },
                }),
            ),
        initialPageParam: '',
        getNextPageParam: (page: Schemas['EventPage']) => page.next ?? undefined,
        staleTime: Number.POSITIVE_INFINITY,
    });

export const rowsOf = (data: InfiniteData<Schemas['EventPage']> | undefined): Event[] =>
    data?.pages.flatMap((page) => page.events) ?? [];

export const countQuery = (search: Search) =>
    queryOptions({
        queryKey: ['events', 'count', search],
        queryFn: async ({ signal }) =>
            (await body(api.GET('/api/v1/events/count', { signal, params: { query: search } }))).count,
        staleTime: Number.POSITIVE_INFINITY,
    });

export const facetsQuery = (search: Search, fields: readonly string[]) =>
    queryOptions({
        queryKey: ['events', 'facets', search, fields],
        queryFn: async ({ signal }) =>
            (
                await body(
                    api.GET('/api/v1/events/facets', {
                        signal,
                        params: { query: { ...search, field: [...fields], limit: 10 } },
                    }),
                )
            ).facets,
        staleTime: Number.POSITIVE_INFINITY,
    });

export const eventQuery = (id: string) =>
    queryOptions({
        queryKey: ['event', id],
        queryFn: ({ signal }) => body(api.GET('/api/v1/events/{id}', { signal, params: { path: { id } } })),
        staleTime: Number.POSITIVE_INFINITY,
    });

export const histogramQuery = (search: Search) => {
    const width = widthFor({ from: search.since, until: search.until });
    return queryOptions({
        queryKey: ['events', 'histogram', search],
        queryFn: async ({ signal }) => {
            const { bars } = await body(
                api.GET('/api/v1/events/histogram', { signal, params: { query: { ...search, width } } }),
            );
            const seconds = widths.find(([name]) => name === width)![1];
            return { seconds, bars: filled(bars, search, seconds) };
        },
        staleTime: Number.POSITIVE_INFINITY,
    });
};

/** The bars of the whole span: the server leaves out those in which nothing happened. */
export function filled(
    bars: readonly { begin: string; count: number }[],
    search: Pick<Search, 'since' | 'until'>,
    seconds: number,
): Bar[] {
    const counts = new Map(bars.map(({ begin, count }) => [Date.parse(begin) / 1000, count]));
    const first = Math.floor(Date.parse(search.since) / 1000 / seconds) * seconds;
    const end = Date.parse(search.until) / 1000;
    const all: Bar[] = [];
    for (let at = first; at < end; at += seconds)
        all.push({ begin: new Date(at * 1000).toISOString(), counts: [counts.get(at) ?? 0] });
    return all;
}

/** The text of a column; several values are shown with a comma between them. */
export function cellText(event: Event, column: string): string {
    const value = event.fields?.[column];
    if (value === null || value === undefined) return '';
    return Array.isArray(value) ? value.join(', ') : value;
}

export function exportPath(search: Search, format: string, columns?: readonly string[]): string {
    const query = new URLSearchParams({ since: search.since, until: search.until, format });
    if (search.filter) query.set('filter', search.filter);
    if (columns) query.set('columns', columns.join(','));
    return `/api/v1/events/export?${query}`;
}

import { infiniteQueryOptions, type QueryClient, queryOptions } from '@tanstack/react-query';
import { api, body, type Schemas } from '~/api/client';
import { ruleQuery as versionedRuleQuery } from '~/api/queries';
import { rfc3339, widthFor } from '~/app/range';
import { type Alert, queryOf, type View } from './view';

export const pageSize = 50;
type AlertPage = { alerts: Alert[]; next: string | null };

/** Alerts of a view, newest first, a page of `pageSize` after the other; `now` is where its ranges end. */
export const alertsQuery = (view: View, now: number) => {
    const query = queryOf(view, now);
    return infiniteQueryOptions({
        queryKey: ['alerts', 'list', query],
        queryFn: ({ pageParam, signal }) =>
            body(
                api.GET('/api/v1/alerts', {
                    params: { query: { ...query, limit: pageSize, cursor: pageParam } },
                    signal,
                }),
            ),
        initialPageParam: undefined as string | undefined,
        getNextPageParam: (page: AlertPage) => page.next ?? undefined,
    });
};

/** How many there are of each severity, whichever of them is shown. */
export const countsQuery = (view: View, now: number) => {
    const { severity: _, ...query } = queryOf(view, now);
    return queryOptions({
        queryKey: ['alert-counts', query],
        queryFn: ({ signal }) => body(api.GET('/api/v1/alerts/severity-counts', { params: { query }, signal })),
    });
};

export const groupsQuery = (view: View, now: number) => {
    const query = queryOf(view, now);
    return infiniteQueryOptions({
        queryKey: ['alerts', 'groups', query],
        queryFn: ({ pageParam, signal }) =>
            body(
                api.GET('/api/v1/alerts/groups', {
                    params: { query: { ...query, limit: pageSize, cursor: pageParam, buckets: 30 } },
                    signal,
                }),
            ),
        initialPageParam: undefined as string | undefined,
        getNextPageParam: (page) => page.next ?? undefined,
    });
};

const day = 86_400_000;

/** The bars over a view. Without a range: from the oldest of its alerts of the last year on. */
export const histogramQuery = (view: View, now: number) => {
    const query = queryOf(view, now);
    const bars = (from: string, until: string, signal: AbortSignal) => {
        const width = widthFor({ from, until }, 120);
        return body(
            api.GET('/api/v1/alerts/histogram', { params: { query: { ...query, from, until, width } }, signal }),
        );
    };
    return queryOptions({
        queryKey: ['alerts', 'histogram', query],
        queryFn: async ({ signal }) => {
            const end = query.until ?? rfc3339(Math.ceil(now / 60_000) * 60_000);
            if (query.from) return bars(query.from, end, signal);
            const year = await body(
                api.GET('/api/v1/alerts/histogram', {
                    params: {
                        query: { ...query, from: rfc3339(Date.parse(end) - 365 * day), until: end, width: '1d' },
                    },
                    signal,
                }),
            );
            const first = year.bars.find(({ counts }) => counts.severity_1 + counts.severity_2 + counts.severity_3 > 0);
            const oldest = first ? Date.parse(first.begin) : 0;
            const from = Math.max(oldest, Date.parse(end) - 365 * day);
            if (!first || Date.parse(end) - from > 100 * day)
                return { ...year, bars: year.bars.filter(({ begin }) => Date.parse(begin) >= oldest) };
            return bars(rfc3339(Math.min(from, Date.parse(end) - 7 * day)), end, signal);
        },
    });
};

export const eventsQuery = (id: string) =>
    infiniteQueryOptions({
        queryKey: ['alert', id, 'events'],
        queryFn: ({ pageParam, signal }) =>
            body(
                api.GET('/api/v1/alerts/{id}/events', {
                    params: { path: { id }, query: { limit: pageSize, cursor: pageParam } },
                    signal,
                }),
            ),
        initialPageParam: undefined as string | undefined,
        getNextPageParam: (page) => page.next ?? undefined,
    });

/** Why the rule's filter holds of one of the alert's events. */
export const explainQuery = (id: string, event: string) =>
    queryOptions({
        queryKey: ['alert', id, 'explain', event],
        queryFn: ({ signal }) => body(api.POST('/api/v1/filters/explain', { body: { alert: id, event }, signal })),
    });

export const contextQuery = (id: string) =>
    queryOptions({
        queryKey: ['alert', id, 'context'],
        queryFn: ({ signal }) => body(api.GET('/api/v1/alerts/{id}/context', { params: { path: { id } }, signal })),
        staleTime: 300_000,
    });

export const historyQuery = (id: string) =>
    queryOptions({
        queryKey: ['alert', id, 'history'],
        queryFn: ({ signal }) => body(api.GET('/api/v1/alerts/{id}/history', { params: { path: { id } }, signal })),
    });

export const similarQuery = (id: string) =>
    queryOptions({
        queryKey: ['alert', id, 'similar'],
        queryFn: ({ signal }) =>
            body(api.GET('/api/v1/alerts/{id}/similar', { params: { path: { id }, query: { limit: 50 } }, signal })),
    });

export const deliveriesQuery = (id: string) =>
    queryOptions({
        queryKey: ['alert', id, 'deliveries'],
        queryFn: ({ signal }) => body(api.GET('/api/v1/alerts/{id}/deliveries', { params: { path: { id } }, signal })),
    });

export const ruleQuery = (id: string) => ({
    ...versionedRuleQuery(id),
    select: ({ data }: { data: Schemas['Rule'] }) => data,
});

/** Those to whom alerts can be assigned. */
export const peopleQuery = () =>
    queryOptions({
        queryKey: ['people'],
        queryFn: async ({ signal }) => {
            const emails: string[] = [];
            for (let cursor: string | undefined; ; ) {
                const page = await body(api.GET('/api/v1/people', { params: { query: { cursor } }, signal }));
                emails.push(...page.people.map(({ email }) => email));
                if (!page.next) return emails;
                cursor = page.next;
            }
        },
        staleTime: 60_000,
    });

type Pages = { pages: AlertPage[]; pageParams: unknown[] };

/** Puts an alert, as it stands now, in place of what is shown of it. Rows stay where they are. */
export function takeAlert(client: QueryClient, alert: Alert): void {
    const newer = (held: Alert) => held.id === alert.id && held.change < alert.change;
    client.setQueryData<Alert>(['alert', alert.id], (held) => (held && !newer(held) ? held : alert));
    client.setQueriesData<Pages>({ queryKey: ['alerts', 'list'] }, (held) => {
        if (!held?.pages.some((page) => page.alerts.some(newer))) return held;
        const pages = held.pages.map((page) => ({
            ...page,
            alerts: page.alerts.map((one) => (newer(one) ? alert : one)),
        }));
        return { ...held, pages };
    });
}

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, body, type Schemas } from '~/api/client';
import type { EventSaid } from './said';
import { filterOf, type Subject, timelineOf } from './subject';

export interface Span {
    since: string;
    until: string;
}

/** A line of the timeline: an alert, or events of the same kind one after the other. */
export interface Entry {
    key: string;
    kind: 'event' | 'alert';
    /** Of the event, or of the alert. */
    id: string;
    first: string;
    last: string;
    count: number;
    /** The type of the event, or the rule's. */
    type: string;
    title: string;
    /** Of an event: the title as a sentence of the catalog. */
    said?: EventSaid;
    severity: number | null;
}
interface EntryPage {
    entries: Entry[];
    /** False: more alerts were raised than are looked at. */
    complete: boolean;
    next: string | null;
}

export const pageEntries = 200;
type Wire = Schemas['Timeline']['entries'][number];

export function entryOf(one: Wire): Entry {
    const { title, first, last, count } = one;
    if (one.kind === 'alert') {
        const alert = one.alert as unknown as Schemas['Alert'];
        return {
            key: `alert ${alert.id}`,
            kind: 'alert',
            id: alert.id,
            first,
            last,
            count,
            type: alert.rule_type,
            title,
            severity: alert.severity,
        };
    }
    return {
        key: one.last_id,
        kind: 'event',
        id: one.last_id,
        first,
        last,
        count,
        type: one.type,
        title,
        said: one.said,
        severity: null,
    };
}

const columns = ['eventSource', 'eventName', 'user', 'ip', 'arguments', 'exe', 'filename', 'hostname', 'errorCode'];

/** What an event without a title of the server is called: who, what, where, as far as it says. */
export function titleOf(event: Schemas['Event']): string {
    const text = (name: string) => [event.fields?.[name]].flat().filter(Boolean).join(', ');
    const what = text('eventName')
        ? `${text('eventSource').replace('.amazonaws.com', '')}:${text('eventName')}`
        : text('arguments') || text('filename') || text('exe') || event.type;
    const fault = text('errorCode') && `(${text('errorCode')})`;
    return [text('user'), what, fault, text('hostname') || text('ip')].filter(Boolean).join(' · ');
}

/** The timeline of the subject, newest first. What is none of the server's dimensions is found by its filter, without alerts. */
export const timelineQuery = (subject: Subject, span: Span, order: 'newest' | 'oldest') =>
    infiniteQueryOptions({
        queryKey: ['timeline', subject, span, order],
        initialPageParam: '',
        getNextPageParam: (page: EntryPage) => page.next ?? undefined,
        staleTime: 60_000,
        queryFn: async ({ signal, pageParam }): Promise<EntryPage> => {
            const asked = timelineOf(subject);
            const more = pageParam ? { cursor: pageParam } : {};
            if (asked) {
                const page = await body(
                    api.GET('/api/v1/timeline', {
                        signal,
                        params: { query: { ...asked, ...span, order, limit: pageEntries, ...more } },
                    }),
                );
                return { entries: page.entries.map(entryOf), complete: page.alerts_complete, next: page.next };
            }
            const query = {
                filter: filterOf(subject),
                ...span,
                columns: columns.join(','),
                limit: pageEntries,
                ...more,
            };
            const page = await body(api.GET('/api/v1/events', { signal, params: { query } }));
            return {
                complete: true,
                next: page.next,
                entries: page.events.map((event) => ({
                    key: event.id,
                    kind: 'event',
                    id: event.id,
                    first: event.time,
                    last: event.time,
                    count: 1,
                    type: event.type,
                    title: titleOf(event),
                    severity: null,
                })),
            };
        },
    });

/** The newest of the events that made the alert; null when they are no longer stored. */
export const alertEventQuery = (id: string) =>
    queryOptions({
        queryKey: ['alert', id, 'newest-event'],
        queryFn: async ({ signal }) =>
            (
                await body(
                    api.GET('/api/v1/alerts/{id}/events', { signal, params: { path: { id }, query: { limit: 1 } } }),
                )
            ).events[0]?.id ?? null,
    });

export const recentAlertsQuery = () =>
    queryOptions({
        queryKey: ['alerts', 'recent'],
        queryFn: async ({ signal }) =>
            (await body(api.GET('/api/v1/alerts', { signal, params: { query: { limit: 10, status: 'active' } } })))
                .alerts,
    });

/** What the subject did it with: fields that tell of a session, in the order in which they are shown. */
export const identityFields = [
    'userIdentity.arn',
    'userIdentity.sessionContext.sessionIssuer.arn',
    'userIdentity.principalId',
    'userIdentity.accessKeyId',
    'user',
    'session',
    'ip',
    'userAgent',
    'hostname',
    'containerId',
    'accountId',
    'region',
    'eventSource',
    'eventName',
    'errorCode',
] as const;

export const valuesQuery = (filter: string, span: Span) =>
    queryOptions({
        queryKey: ['events', 'facets', 'identity', filter, span],
        queryFn: async ({ signal }) =>
            (
                await body(
                    api.GET('/api/v1/events/facets', {
                        signal,
                        params: { query: { filter, ...span, field: [...identityFields], limit: 8 } },
                    }),
                )
            ).facets,
        staleTime: 60_000,
    });

/** First and last time the subject was seen in the span, and how often; nulls when it was not. */
export const seenQuery = (subject: Subject, span: Span) =>
    queryOptions({
        queryKey: ['events', 'seen', subject, span],
        queryFn: async ({ signal }) => {
            const filter = filterOf(subject);
            const asked = timelineOf(subject);
            const [latest, count, oldest] = await Promise.all([
                body(
                    api.GET('/api/v1/events', {
                        signal,
                        params: { query: { filter, ...span, columns: 'user', limit: 1 } },
                    }),
                ),
                body(api.GET('/api/v1/events/count', { signal, params: { query: { filter, ...span } } })),
                asked &&
                    body(
                        api.GET('/api/v1/timeline', {
                            signal,
                            params: { query: { ...asked, ...span, order: 'oldest', limit: 1 } },
                        }),
                    ),
            ]);
            return {
                last: latest.events[0]?.time ?? null,
                first: oldest?.entries[0]?.first ?? null,
                count: count.count,
            };
        },
        staleTime: 60_000,
    });

export type Process = Schemas['ProcessWithChildren'];
const startColumns = ['pid', 'ppid', 'exe', 'arguments', 'user', 'hostname', 'containerId', 'session', 'tty'];
export const startsMax = 500;

/** Processes that started in the span, the latest first. */
export const startsQuery = (filter: string, span: Span) =>
    queryOptions({
        queryKey: ['processes', 'starts', filter, span],
        queryFn: async ({ signal }) => {
            const query = {
                filter: `${filter} and event_type = "audit" and type = "start"`,
                ...span,
                columns: startColumns.join(','),
                limit: startsMax,
            };
            const page = await body(api.GET('/api/v1/events', { signal, params: { query } }));
            return { events: page.events, more: page.next !== null };
        },
        staleTime: 60_000,
    });

export const processQuery = (host: string, pid: number, at?: string) =>
    queryOptions({
        queryKey: ['processes', host, pid, at ?? ''],
        queryFn: ({ signal }) =>
            body(api.GET('/api/v1/processes', { signal, params: { query: { host, pid, ...(at ? { at } : {}) } } })),
        staleTime: 60_000,
    });

export const childrenQuery = (host: string, pid: number, at: string | null) =>
    queryOptions({
        queryKey: ['processes', host, pid, at ?? '', 'children'],
        queryFn: ({ signal }) =>
            body(
                api.GET('/api/v1/processes/children', {
                    signal,
                    params: { query: { host, pid, ...(at ? { at } : {}), limit: 200 } },
                }),
            ),
        staleTime: 60_000,
    });

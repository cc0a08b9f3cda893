// What more than one feature asks: one key for one question, so that no page shows what another one asked.
import { queryOptions } from '@tanstack/react-query';
import { api, body, versioned } from './client';

/** The fields of each source, and those that have a column in the store. */
export const fieldsQuery = () =>
    queryOptions({
        queryKey: ['fields'],
        queryFn: () => body(api.GET('/api/v1/fields')),
        staleTime: Number.POSITIVE_INFINITY,
    });

export const sourcesQuery = () =>
    queryOptions({
        queryKey: ['sources', 'health'],
        queryFn: ({ signal }) => body(api.GET('/api/v1/sources', { signal })),
    });

export const alertQuery = (id: string) =>
    queryOptions({
        queryKey: ['alert', id],
        queryFn: ({ signal }) => body(api.GET('/api/v1/alerts/{id}', { params: { path: { id } }, signal })),
    });

/** What surrounds an event: identity, session, address …, each with how many events it has in so long before and after. */
export const aroundQuery = (id: string, span?: '24h') =>
    queryOptions({
        queryKey: ['event', id, 'around', span ?? 'default'],
        queryFn: ({ signal }) =>
            body(
                api.GET('/api/v1/events/{id}/around', {
                    params: { path: { id }, query: span && { before: span, after: span } },
                    signal,
                }),
            ),
    });

/** One rule with its ETag. */
export const ruleQuery = (id: string) =>
    queryOptions({
        queryKey: ['rule', id, 'whole'],
        queryFn: ({ signal }) => versioned(api.GET('/api/v1/rules/{id}', { params: { path: { id } }, signal })),
    });

/** The suppressions of a rule beside its own, those that ended too. */
export const suppressionsQuery = (id: string) =>
    queryOptions({
        queryKey: ['rule', id, 'suppressions'],
        queryFn: async ({ signal }) =>
            (await body(api.GET('/api/v1/rules/{id}/suppressions', { params: { path: { id } }, signal }))).suppressions,
    });

/** What became of the matches of all rules on each of the last days. */
export const activityQuery = (days: number) =>
    queryOptions({
        queryKey: ['rules', 'activity', days],
        queryFn: ({ signal }) => body(api.GET('/api/v1/rules/activity', { params: { query: { days } }, signal })),
    });

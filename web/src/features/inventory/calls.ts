import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api, body } from '~/api/client';
import { bounds, type Range } from '~/app/range';
import { type Items, identityOf, type Kind } from './kinds';

/** How many items a call gives at most. */
export const listMax = 500;

interface Query {
    since: string;
    until: string;
    q?: string;
    limit: number;
    cursor?: string;
}
interface List<T> {
    items: T[];
    total: number;
    next: string | null;
    /** Of images, whether all containers and scans were looked at. */
    complete: boolean;
}

const lists: { [K in Kind]: (query: Query, signal: AbortSignal) => Promise<List<Items[K]>> } = {
    accounts: async (query, signal) => {
        const { accounts, total, next } = await body(
            api.GET('/api/v1/inventory/accounts', { params: { query }, signal }),
        );
        return { items: accounts, total, next, complete: true };
    },
    hosts: async (query, signal) => {
        const { hosts, total, next } = await body(api.GET('/api/v1/inventory/hosts', { params: { query }, signal }));
        return { items: hosts, total, next, complete: true };
    },
    containers: async (query, signal) => {
        const { containers, total, next } = await body(
            api.GET('/api/v1/inventory/containers', { params: { query }, signal }),
        );
        return { items: containers, total, next, complete: true };
    },
    images: async ({ cursor: _, ...query }, signal) => {
        const { images, total, complete } = await body(
            api.GET('/api/v1/inventory/images', { params: { query }, signal }),
        );
        return { items: images, total, next: null, complete };
    },
};

function list<K extends Kind>(kind: K, range: Range, more: Partial<Query>, signal: AbortSignal) {
    const { from, until } = bounds(range);
    return lists[kind]({ since: from, until, limit: listMax, ...more }, signal);
}

/**
 * What was seen within a range, the first of it, with the rest on demand. `search` is asked of the server (ids and names) when there is
 * more than one call gives; else the caller searches in what it has.
 */
export function useInventory<K extends Kind>(kind: K, range: Range, search: string) {
    const whole = useQuery({
        queryKey: ['inventory', kind, range],
        queryFn: ({ signal }) => list(kind, range, {}, signal),
        placeholderData: (before) => before,
    });
    const wide = (whole.data?.next ?? null) !== null;
    const paged = useInfiniteQuery({
        queryKey: ['inventory', kind, range, 'search', search],
        queryFn: ({ signal, pageParam }) =>
            list(kind, range, { ...(search && { q: search }), ...(pageParam && { cursor: pageParam }) }, signal),
        initialPageParam: '',
        getNextPageParam: (last) => last.next ?? undefined,
        enabled: wide,
        placeholderData: (before) => before,
    });
    const pages = wide ? paged.data?.pages : whole.data && [whole.data];
    return {
        items: pages?.flatMap((page) => page.items),
        total: pages?.[0]?.total,
        complete: pages?.every((page) => page.complete) ?? true,
        /** Whether the server searches. */
        wide,
        error: whole.error ?? paged.error,
        refetch: () => (wide ? paged.refetch() : whole.refetch()),
        more: wide && paged.hasNextPage ? () => paged.fetchNextPage() : null,
        fetching: whole.isFetching || paged.isFetching,
    };
}

/** One of them; null when none was seen. */
export function useItem<K extends Kind>(kind: K, id: string, range: Range) {
    return useQuery({
        queryKey: ['inventory', kind, range, 'item', id],
        queryFn: async ({ signal }) => {
            const { items } = await list(kind, range, { q: id }, signal);
            return items.find((one) => identityOf(kind, one).id === id) ?? null;
        },
        placeholderData: (before) => before,
    });
}

/** All that one call gives, to pick out what belongs to another item. */
export function useAll<K extends Kind>(kind: K, range: Range, enabled = true) {
    return useQuery({
        queryKey: ['inventory', kind, range],
        queryFn: ({ signal }) => list(kind, range, {}, signal),
        enabled,
    });
}

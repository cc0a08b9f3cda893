import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from '~/api/client';
import type { Connection } from './connection';

export const connectionsKey = ['aws-connections'] as const;

export function useConnections() {
    return useQuery({
        queryKey: connectionsKey,
        queryFn: async () => (await body(api.GET('/api/v1/aws/connections'))).connections,
        refetchInterval: 10_000,
    });
}

/** Has everything that is shown of connections asked for anew. */
export function useFresh(): () => Promise<void> {
    const client = useQueryClient();
    return () => client.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith('aws-') });
}

export function useAccounts({ id }: Connection) {
    return useQuery({
        queryKey: ['aws-accounts', id],
        queryFn: async () =>
            (await body(api.GET('/api/v1/aws/connections/{id}/accounts', { params: { path: { id } } }))).accounts,
        refetchInterval: 30_000,
    });
}

export function useBackfills({ id }: Connection) {
    return useQuery({
        queryKey: ['aws-backfills', id],
        queryFn: async () =>
            (await body(api.GET('/api/v1/aws/connections/{id}/backfills', { params: { path: { id } } }))).backfills,
        refetchInterval: ({ state }) => (state.data?.some((one) => one.state === 'running') ? 2_000 : 30_000),
    });
}

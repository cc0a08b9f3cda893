import { useQuery } from '@tanstack/react-query';
import { api, body, versioned } from '~/api/client';
import { sourcesQuery } from '~/api/queries';
import { useSession } from '~/app/session';

export function useOrganisation() {
    return useQuery({ queryKey: ['organisation'], queryFn: () => versioned(api.GET('/api/v1/organisation')) });
}

export function useSettings() {
    return useQuery({ queryKey: ['settings'], queryFn: () => versioned(api.GET('/api/v1/settings')) });
}

export function useUsers() {
    const { may } = useSession();
    return useQuery({
        queryKey: ['users'],
        queryFn: async () => (await body(api.GET('/api/v1/users'))).users,
        enabled: may('owner'),
    });
}

export function useInvitations() {
    return useQuery({
        queryKey: ['invitations'],
        queryFn: async () => (await body(api.GET('/api/v1/invitations'))).invitations,
    });
}

/** Keys, those that are revoked too; owners may see them. */
export function useKeyList() {
    const { may } = useSession();
    return useQuery({
        queryKey: ['keys'],
        queryFn: async () => (await body(api.GET('/api/v1/keys', { params: { query: { revoked: true } } }))).keys,
        enabled: may('owner'),
    });
}

export function useChannels() {
    const { may } = useSession();
    return useQuery({
        queryKey: ['channels'],
        queryFn: async () => (await body(api.GET('/api/v1/channels'))).channels,
        enabled: may('owner'),
        refetchInterval: 5_000,
    });
}

export function useSources() {
    return useQuery({ ...sourcesQuery(), select: ({ sources }) => sources, refetchInterval: 15_000 });
}

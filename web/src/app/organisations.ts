import { useQuery } from '@tanstack/react-query';
import { api, body } from '~/api/client';

/** The other organisations that the person may change to. */
export function useOrganisations(): { others: string[]; change(name: string): void } {
    return { others: [], change: () => undefined };
}

/** The name of the organisation that the session is of; empty until it is known. */
export function useOrganisationName(): string {
    const organisation = useQuery({
        queryKey: ['organisation', 'name'],
        queryFn: ({ signal }) => body(api.GET('/api/v1/organisation', { signal })),
        staleTime: 300_000,
    });
    return organisation.data?.name ?? '';
}

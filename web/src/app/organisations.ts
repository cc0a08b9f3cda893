import { useQuery } from '@tanstack/react-query';
import { api, body, setCsrfToken } from '~/api/client';
import { useSession } from './session';

export interface OtherOrganisation {
    id: string;
    name: string;
}

/** The other organisations that the person may change to; `change` takes an id and begins the console anew there. */
export function useOrganisations(): { others: OtherOrganisation[]; change(id: string): Promise<void> } {
    const { user } = useSession();
    const all = useQuery({
        queryKey: ['organisations'],
        queryFn: async () => (await body(api.GET('/api/v1/session/organisations'))).organisations,
        enabled: user !== null,
        staleTime: 300_000,
    });
    const change = async (organisation: string) => {
        const session = await body(api.POST('/api/v1/session/organisation', { body: { organisation } }));
        setCsrfToken(session.csrf_token);
        // Nothing that was read of the one before may be shown: the page is loaded anew, streams with it.
        globalThis.location.assign('/');
    };
    return { others: (all.data ?? []).filter((one) => !one.current), change };
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

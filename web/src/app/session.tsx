import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo } from 'react';
import { Navigate, useLocation } from 'react-router';
import { ApiError, api, body, type Schemas, setCsrfToken } from '~/api/client';
import { ErrorBox } from '~/ui/ErrorBox';
import { First } from './first';
import { usePreferences } from './preferences';
import { link } from './url';

export type Role = Schemas['Role'];

export interface Session {
    organisation: string;
    /** The e-mail address. */
    who: string;
    role: Role;
    user: string | null;
}

interface Held extends Session {
    /** Whether the role may do what asks for this one. */
    may(role: Role): boolean;
    signOut(): Promise<void>;
}

const Context = createContext<Held | null>(null);
const rank: Record<Role, number> = { reader: 0, user: 1, owner: 2 };

export const sessionKey = ['session'] as const;

export const sessionQuery = queryOptions({
    queryKey: sessionKey,
    queryFn: async () => {
        const answer = await body(api.GET('/api/v1/session'));
        setCsrfToken(answer.csrf_token ?? '');
        return answer;
    },
    staleTime: Number.POSITIVE_INFINITY,
    retry: (count, error) => count < 2 && !(error instanceof ApiError && error.status === 401),
});

/** Lets in who is signed in; others are sent to sign in, and come back to where they wanted to go. */
export function RequireSession({ children }: { children: ReactNode }) {
    const location = useLocation();
    const client = useQueryClient();
    const { load } = usePreferences();
    const session = useQuery(sessionQuery);
    const user = session.data?.user;
    useEffect(() => {
        if (user) load().catch(() => undefined);
    }, [user, load]);

    const signOut = useCallback(async () => {
        await api.DELETE('/api/v1/session');
        setCsrfToken('');
        client.clear();
        globalThis.location.assign('/login');
    }, [client]);

    const held = useMemo<Held | null>(
        () =>
            session.data
                ? {
                      organisation: session.data.organisation,
                      who: session.data.who,
                      role: session.data.role,
                      user: session.data.user ?? null,
                      may: (role) => rank[session.data.role] >= rank[role],
                      signOut,
                  }
                : null,
        [session.data, signOut],
    );
    if (held) return <Context.Provider value={held}>{children}</Context.Provider>;
    if (session.error instanceof ApiError && session.error.status === 401)
        return <Navigate to={link('/login', { next: location.pathname + location.search + location.hash })} replace />;
    if (session.error) return <ErrorBox error={session.error} retry={() => session.refetch()} />;
    return <First />;
}

export function useSession(): Held {
    const held = useContext(Context);
    if (!held) throw new Error('useSession outside of RequireSession');
    return held;
}

import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useNavigate } from 'react-router';
import { api, body, type Schemas, setCsrfToken } from '~/api/client';
import type { Language, Theme } from '~/app/preferences';

/** What was chosen before sign-in: it holds over what the server kept. */
let chosen: { language?: Language; theme?: Theme } = {};
export function choose(patch: typeof chosen): void {
    chosen = { ...chosen, ...patch };
}

/** Adds what was chosen to the preferences that the server keeps; when that fails they stay as they were. */
async function keepChosen(): Promise<void> {
    const patch = chosen;
    chosen = {};
    if (Object.keys(patch).length === 0) return;
    const kept = await body(api.GET('/api/v1/preferences'));
    await api.PUT('/api/v1/preferences', { body: { ...kept, ...patch } as never });
}

export interface SignIn {
    email: string;
    password: string;
    /** Its id; needed when the password is right in several. */
    organisation?: string;
}

/** Signs in and goes to a path of the console. What the server refuses is thrown. */
export function useSignIn(): (who: SignIn, to: string) => Promise<Schemas['User']> {
    const client = useQueryClient();
    const navigate = useNavigate();
    return useCallback(
        async (who, to) => {
            const answer = await body(api.POST('/api/v1/session', { body: who }));
            setCsrfToken(answer.csrf_token);
            await keepChosen().catch(() => undefined);
            // Nothing of whoever was here before.
            client.clear();
            navigate(to, { replace: true });
            return answer.user;
        },
        [client, navigate],
    );
}

import '@cloudscape-design/global-styles/index.css';
import './app/vigia.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router';
import { ApiError } from './api/client';
import { FlashProvider } from './app/flash';
import { Languages } from './app/intl';
import { KeysProvider } from './app/keys';
import { PreferencesProvider } from './app/preferences';
import { router } from './app/router';
import { sessionKey, sessionQuery } from './app/session';
import { setTokens } from './app/tokens';

setTokens();

const client: QueryClient = new QueryClient({
    defaultOptions: {
        queries: {
            staleTime: 10_000,
            refetchOnWindowFocus: false,
            // What the server refused, it will refuse again.
            retry: (count, error) =>
                count < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
        },
    },
});
// A session that ended elsewhere: the frame asks again who is signed in, and sends to sign in.
client.getQueryCache().subscribe((event) => {
    if (event.type !== 'updated' || event.action.type !== 'error') return;
    const error = event.action.error as unknown;
    if (error instanceof ApiError && error.status === 401 && event.query.queryKey[0] !== sessionKey[0])
        client.resetQueries({ queryKey: sessionKey });
});

// Asked while the parts of the page load; the frame waits for the same answer. Who is about to sign in has none.
if (!/^\/(login|setup|invitation)\b/.test(globalThis.location.pathname)) client.prefetchQuery(sessionQuery);

createRoot(document.getElementById('root')!).render(
    <StrictMode>
        <QueryClientProvider client={client}>
            <PreferencesProvider>
                <Languages>
                    <KeysProvider>
                        <FlashProvider>
                            <RouterProvider router={router} />
                        </FlashProvider>
                    </KeysProvider>
                </Languages>
            </PreferencesProvider>
        </QueryClientProvider>
    </StrictMode>,
);

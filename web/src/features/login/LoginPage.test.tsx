import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { createMemoryRouter, RouterProvider, useLocation } from 'react-router';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { catalog, Languages } from '~/app/intl';
import { PreferencesProvider } from '~/app/preferences';
import LoginPage from './LoginPage';

beforeAll(() => catalog('en'));
afterEach(() => vi.unstubAllGlobals());

function There() {
    const { pathname, search } = useLocation();
    return <p>at {pathname + search}</p>;
}

/** The page at a path, over a server that gives these answers one after the other. */
async function open(path: string, answers: [number, unknown][]) {
    const calls: Record<string, unknown>[] = [];
    vi.stubGlobal('fetch', async (request: Request) => {
        calls.push((await request.json()) as Record<string, unknown>);
        const [status, body] = answers.shift()!;
        return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
    });
    const router = createMemoryRouter(
        [
            { path: '/login', Component: LoginPage },
            { path: '*', Component: There },
        ],
        { initialEntries: [path] },
    );
    await act(
        async () =>
            void render(
                <QueryClientProvider client={new QueryClient()}>
                    <PreferencesProvider>
                        <Languages>
                            <RouterProvider router={router} />
                        </Languages>
                    </PreferencesProvider>
                </QueryClientProvider>,
            ),
    );
    await userEvent.type(await screen.findByLabelText('E-mail address'), 'ana@sample.example');
    await userEvent.type(screen.getByLabelText('Password'), 'correct horse{Enter}');
    return calls;
}

const session = { user: { email: 'ana@sample.example' }, csrf_token: 'token', expires_at: '2030-01-01T00:00:00Z' };

it('goes where the person wanted to go', async () => {
    const calls = await open('/login?next=%2Fa%2F42%3Ftab%3Dwhy', [[200, session]]);
    expect(await screen.findByText('at /a/42?tab=why')).toBeTruthy();
    expect(calls).toEqual([{ email: 'ana@sample.example', password: 'correct horse' }]);
});

it('goes to no other host', async () => {
    await open('/login?next=%2F%2Fevil.example', [[200, session]]);
    expect(await screen.findByText('at /')).toBeTruthy();
});

it('asks for the organisation when there are several, and keeps what was typed', async () => {
    const organisations = [
        { id: 'one', name: 'First' },
        { id: 'two', name: 'Second' },
    ];
    const calls = await open('/login', [
        [409, { code: 'choose_organisation', params: { organisations } }],
        [200, session],
    ]);
    await userEvent.click(await screen.findByLabelText('Second'));
    await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(await screen.findByText('at /')).toBeTruthy();
    expect(calls[1]).toEqual({ email: 'ana@sample.example', password: 'correct horse', organisation: 'two' });
});

it('tells that the password is wrong, and how long to wait after too many', async () => {
    const calls = await open('/login', [
        [401, { code: 'wrong_password', detail: 'wrong' }],
        [429, { code: 'busy', detail: 'too many failed logins: try again in 40 s' }],
    ]);
    expect(await screen.findByText('You were not signed in')).toBeTruthy();
    await userEvent.type(screen.getByLabelText('Password'), '{Enter}');
    expect(await screen.findByText(/Wait 40 seconds/)).toBeTruthy();
    expect((screen.getByLabelText('E-mail address') as HTMLInputElement).value).toBe('ana@sample.example');
    await userEvent.type(screen.getByLabelText('Password'), '{Enter}');
    expect(calls).toHaveLength(2);
});

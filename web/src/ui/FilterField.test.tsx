import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { catalog, Languages } from '~/app/intl';
import { PreferencesProvider } from '~/app/preferences';
import FilterField from './FilterField';

beforeAll(() => catalog('en'));
afterEach(() => vi.unstubAllGlobals());

const fields = {
    columns: [],
    sources: [
        {
            event_type: 'cloudtrail',
            rule_types: ['CloudTrail'],
            open: true,
            fields: [{ path: 'eventName', type: 'text', meaning: 'The call.' }],
            aliases: [],
        },
    ],
};
interface Asked {
    filter: string;
    type?: string;
}

function Page(props: Partial<Parameters<typeof FilterField>[0]> & { start: string }) {
    const [value, setValue] = useState(props.start);
    return (
        <>
            <FilterField label="Filter" {...props} value={value} onChange={setValue} />
            <output>{value}</output>
        </>
    );
}

/** The editor over a server that finds these things; returns what the server was asked. */
async function open(
    start: string,
    found: unknown[] | Promise<unknown[]>,
    props: Partial<Parameters<typeof FilterField>[0]> = {},
) {
    const asked: Asked[] = [];
    vi.stubGlobal('fetch', async (request: Request) => {
        const path = new URL(request.url).pathname;
        let answer: unknown = path.endsWith('/fields') ? fields : { lists: [{ name: 'offices' }], next: null };
        if (path.endsWith('/filters/check')) {
            asked.push((await request.json()) as Asked);
            const diagnostics = await found;
            answer = { valid: diagnostics.length === 0, canonical: null, understood: null, diagnostics };
        }
        return new Response(JSON.stringify(answer), { headers: { 'Content-Type': 'application/json' } });
    });
    await act(
        async () =>
            void render(
                <QueryClientProvider client={new QueryClient()}>
                    <PreferencesProvider>
                        <Languages>
                            <Page start={start} {...props} />
                        </Languages>
                    </PreferencesProvider>
                </QueryClientProvider>,
            ),
    );
    return asked;
}

const finding = (code: string, begin: number, end: number, params: Record<string, string>, level = 'error') => ({
    part: 'filter',
    line: 1,
    column: begin + 1,
    message: '',
    code,
    begin,
    end,
    params,
    level,
});

it('has a name, says whether it is well, and names what tells its faults', async () => {
    await open('eventName lik "x"', [finding('unknown_operator', 10, 13, { found: 'lik', near: 'like' })]);
    const editor = await screen.findByRole('textbox', { name: 'Filter' });
    await waitFor(() => expect(editor.getAttribute('aria-invalid')).toBe('true'));
    const faults = document.getElementById(editor.getAttribute('aria-describedby')!)!;
    expect(faults.getAttribute('aria-live')).toBe('polite');
    expect(faults.textContent).toContain('found lik');
});

it('mends the text by what was meant', async () => {
    await open('eventName lik "x"', [finding('unknown_operator', 10, 13, { found: 'lik', near: 'like' })]);
    await userEvent.click(await screen.findByRole('button', { name: 'Use like' }));
    expect(screen.getByRole('status').textContent).toBe('eventName like "x"');
});

it('leaves the last word to the server', async () => {
    let answer: (found: unknown[]) => void = () => undefined;
    const found = new Promise<unknown[]>((done) => {
        answer = done;
    });
    const asked = await open('anything = 1', found, { type: 'CloudTrail' });
    await screen.findByText(/Unknown field anything/);
    answer([finding('absent_field', 0, 8, { types: 'host', field: 'anything' })]);
    await screen.findByText(/Events of type host have no anything/);
    expect(screen.queryByText(/Unknown field/)).toBeNull();
    expect(asked).toEqual([{ filter: 'anything = 1', type: 'CloudTrail' }]);
});

it('keeps what it knows itself when the server does not answer', async () => {
    await open('eventName < null', Promise.reject(new TypeError('no network')));
    await screen.findByText(/null has no order/);
});

it('asks nothing about an empty text', async () => {
    const asked = await open('  ', []);
    await new Promise((done) => setTimeout(done, 400));
    expect(asked).toEqual([]);
    expect(screen.queryByRole('button')).toBeNull();
});

it('cannot be changed where it may only be read', async () => {
    await open('evntName = 1', [finding('unknown_field', 0, 8, { field: 'evntName', near: 'eventName' }, 'warning')], {
        readOnly: true,
    });
    await screen.findByText('Unknown field evntName');
    expect(screen.queryByRole('button', { name: /Use/ })).toBeNull();
    expect(screen.getByRole('textbox').getAttribute('contenteditable')).toBe('false');
});

import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError, api, body, setCsrfToken, versioned } from './client';

function answers(make: (request: Request) => Response): Request[] {
    const seen: Request[] = [];
    vi.stubGlobal('fetch', async (request: Request) => {
        seen.push(request);
        return make(request);
    });
    return seen;
}
const json = (value: unknown, more: ResponseInit = {}) =>
    new Response(JSON.stringify(value), { headers: { 'Content-Type': 'application/json', ...more.headers }, ...more });

describe('the client', () => {
    afterEach(() => {
        vi.unstubAllGlobals();
        setCsrfToken('');
    });

    it('sends the token with changes only', async () => {
        const seen = answers(() => json({ counts: [] }));
        setCsrfToken('t0ken');
        await api.GET('/api/v1/alerts/severity-counts');
        await api.POST('/api/v1/alerts/{id}/notes', { params: { path: { id: 'a' } }, body: { text: 'x' } as never });
        expect(seen.map((one) => one.headers.get('X-CSRF-Token'))).toEqual([null, 't0ken']);
    });

    it('throws the problem that the server names', async () => {
        answers(() =>
            json(
                { type: 'urn:x', title: 'Bad', status: 400, code: 'bad_input', detail: 'no', params: { field: 'a' } },
                { status: 400, headers: { 'X-Request-Id': 'r1' } },
            ),
        );
        const error = await body(api.GET('/api/v1/alerts')).catch((one: unknown) => one);
        expect(error).toBeInstanceOf(ApiError);
        expect(error).toMatchObject({
            status: 400,
            code: 'bad_input',
            detail: 'no',
            requestId: 'r1',
            params: { field: 'a' },
        });
    });

    it('tells a proxy’s page from a problem, and silence from both', async () => {
        answers(() => new Response('<html>', { status: 502 }));
        await expect(body(api.GET('/api/v1/alerts'))).rejects.toMatchObject({ status: 502, code: 'http_502' });
        vi.stubGlobal('fetch', async () => {
            throw new TypeError('failed to fetch');
        });
        await expect(body(api.GET('/api/v1/alerts'))).rejects.toMatchObject({ status: 0, code: 'unreachable' });
    });

    it('gives the version of what people edit', async () => {
        answers(() => json({ id: 'x' }, { headers: { ETag: '"7"' } }));
        expect(await versioned(api.GET('/api/v1/rules/{id}', { params: { path: { id: 'x' } } }))).toMatchObject({
            etag: '"7"',
        });
    });
});

import { QueryClient } from '@tanstack/react-query';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { asMarkdown, type Case, caseOf, changeCase, emptyCase, withPin } from './cases';

const search = (body: unknown, version = 1) => ({
    id: 'c1',
    name: 'A *case*',
    shared: true,
    own: true,
    version,
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
    body: body as Record<string, never>,
});
const pin = (id: string, time: string) => ({ kind: 'event' as const, id, time, title: 'x', note: '' });

describe('a case', () => {
    it('is read from a saved search, without what does not fit', () => {
        expect(caseOf(search({ page: 'events', url: '' }))).toBeNull();
        const read = caseOf(
            search({
                page: 'case',
                verdict: 'sure',
                notes: [{ at: 1, text: 'a' }, 'b'],
                pins: [{ id: 'e', time: 'never' }, pin('e', '2026-01-01T00:00:00Z')],
            }),
        );
        expect(read).toMatchObject({ status: 'open', verdict: 'open', notes: [{ at: '', by: '', text: 'a' }] });
        expect(read?.pins).toHaveLength(1);
    });
    it('holds a pin once, in the order of time', () => {
        const before = caseOf(search(emptyCase)) as Case;
        const one = withPin(withPin(before, pin('b', '2026-01-02T00:00:00Z')), pin('a', '2026-01-01T00:00:00Z'));
        expect(withPin(one, pin('b', '2026-01-02T00:00:00Z')).pins.map(({ id }) => id)).toEqual(['a', 'b']);
    });
    it('is written as Markdown in which titles stay what they are', () => {
        const made = withPin(caseOf(search(emptyCase)) as Case, {
            ...pin('e/1', '2026-01-01T00:00:00Z'),
            title: 'ran [x](javascript:1)\n# <b>',
        });
        const text = asMarkdown(made, { status: 's', verdict: 'v', pins: 'Pinned', notes: 'Notes' }, 'https://v');
        expect(text).toContain('# A \\*case\\*');
        expect(text).toContain('[ran \\[x\\](javascript:1) \\# \\<b\\>](https://v/events/e%2F1)');
    });
});

describe('changing a case', () => {
    afterEach(() => vi.unstubAllGlobals());
    it('is done anew over what somebody else saved meanwhile', async () => {
        let stored = { ...emptyCase, notes: [] as { at: string; by: string; text: string }[] };
        let version = 1;
        const seen: (string | null)[] = [];
        vi.stubGlobal('fetch', async (request: Request) => {
            const json = (status: number, value: unknown) =>
                new Response(JSON.stringify(value), { status, headers: { ETag: `"${version}"` } });
            if (request.method === 'GET') return json(200, search(stored, version));
            seen.push(request.headers.get('If-Match'));
            if (version === 1) {
                version = 2;
                stored = { ...stored, notes: [{ at: '', by: 'b', text: 'theirs' }] };
                return json(409, { code: 'changed_meanwhile' });
            }
            stored = (await request.json()).body;
            return json(200, search(stored, ++version));
        });
        const after = await changeCase(new QueryClient(), 'c1', (before) => ({
            ...before,
            notes: [...before.notes, { at: '', by: 'a', text: 'mine' }],
        }));
        expect(after.notes.map(({ text }) => text)).toEqual(['theirs', 'mine']);
        expect(seen).toEqual(['"1"', '"2"']);
    });
});

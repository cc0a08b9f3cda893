import { type Completion, CompletionContext } from '@codemirror/autocomplete';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { describe, expect, it, vi } from 'vitest';
import { completions, type Sources, typedAt } from './complete';

const seen: Record<string, { value: string; count?: number }[]> = {
    eventName: [{ value: 'PutImage', count: 1200 }, { value: 'say "hi"' }],
    dst_port: [{ value: '22' }, { value: '443' }],
    'requestParameters."a.b"': [{ value: 'deep' }],
    'requestParameters.items.name': [{ value: 'one' }],
};

function sources(): Sources & { values: ReturnType<typeof vi.fn> } {
    return {
        fields: [
            { name: 'eventName', meaning: 'The call.', type: 'text', common: true },
            { name: 'eventTime', meaning: '', type: 'time' },
            { name: 'readOnly', meaning: '', type: 'boolean' },
            { name: 'dst_port', meaning: '', type: 'number' },
            { name: 'sourceIPAddress', meaning: '', type: 'address' },
            { name: 'requestParameters', meaning: '', type: 'object' },
            { name: 'requestParameters.items.name', meaning: '', type: 'text' },
            { name: 'userIdentity.type', meaning: '', type: 'text' },
            { name: 'userIdentity.userName', meaning: '', type: 'text' },
            { name: 'user', meaning: '' },
        ],
        lists: ['offices', 'scanners'],
        values: vi.fn(async (field: string) => seen[field] ?? []),
        nameOf: (type) => `<${type}>`,
    };
}

/** What is offered at the | of a text, unasked or asked for. */
async function offered(text: string, explicit = false, known = sources()) {
    const pos = text.indexOf('|');
    const doc = text.replace('|', '');
    const state = EditorState.create({ doc });
    const result = await completions(() => known)(new CompletionContext(state, pos, explicit));
    return { state, pos, result, labels: result?.options.map((one) => one.displayLabel ?? one.label) ?? [] };
}

/** The text after an offer was taken, with | where the cursor is. */
async function taken(text: string, label: string, explicit = false): Promise<string> {
    const { state, pos, result } = await offered(text, explicit);
    const option = result?.options.find((one) => (one.displayLabel ?? one.label) === label) as Completion;
    expect(option, `${label} is offered in ${text}`).toBeTruthy();
    const view = new EditorView({ state });
    if (typeof option.apply === 'function') option.apply(view, option, result!.from, pos);
    else view.dispatch({ changes: { from: result!.from, to: pos, insert: option.label } });
    const { head } = view.state.selection.main;
    const after = view.state.doc.toString();
    view.destroy();
    return typeof option.apply === 'function' ? `${after.slice(0, head)}|${after.slice(head)}` : after;
}

describe('what is being written', () => {
    it.each([
        ['', 'nothing', 0, ''],
        ['a = 1 ', 'nothing', 6, ''],
        ['eve', 'word', 0, 'eve'],
        ['a = 1 and userIdentity.ty', 'path', 10, 'userIdentity.ty'],
        ['a."b c".d', 'path', 0, 'a."b c".d'],
        ['a."b', 'path', 0, 'a."b'],
        ['x = 1 or a.b[0][*].', 'path', 9, 'a.b[0][*].'],
        ['a = "Put', 'string', 4, 'Put'],
        ["a = 'Put", 'string', 4, 'Put'],
        ['a = "Put"', 'nothing', 9, ''],
        ['a = 12', 'number', 4, '12'],
        ['a in $', 'list', 5, ''],
        ['a in $off', 'list', 5, 'off'],
    ])('%s', (text, kind, from, typed) => {
        expect(typedAt(text)).toMatchObject({ kind, from, text: typed });
    });
    it('is nothing in a comment', () => {
        expect(typedAt('a = 1 # eve')).toBeNull();
        expect(typedAt('a = 1 # eve\n')).toMatchObject({ kind: 'nothing' });
        expect(typedAt('a = "# eve')).toMatchObject({ kind: 'string' });
    });
});

describe('fields', () => {
    it('are offered where a condition begins', async () => {
        for (const text of ['ev|', 'a = 1 and |', '(|', 'not |', 'a = 1 or (b = 2 and us|'])
            expect((await offered(text)).labels).toEqual(
                expect.arrayContaining(['eventName', 'userIdentity.type', 'lower', 'any', 'not']),
            );
        expect((await offered('|')).labels).toEqual([]);
        expect((await offered('|', true)).labels).toContain('eventName');
    });
    it('say what they mean and of what type they are', async () => {
        const { result } = await offered('ev|');
        expect(result!.options[0]).toMatchObject({
            label: 'eventName',
            info: 'The call.',
            detail: '<text>',
            boost: 10,
        });
    });
    it('are narrowed by what stands before a dot', async () => {
        const { labels, result } = await offered('a = 1 and userIdentity.t|');
        expect(labels).toEqual(['userIdentity.type', 'userIdentity.userName']);
        expect(result!.from).toBe(10);
        const indexed = await offered('userIdentity[0].|');
        expect(indexed.labels).toEqual(['type', 'userName']);
        expect(indexed.result!.from).toBe('userIdentity[0].'.length);
    });
    it('are those below the path within a quantifier', async () => {
        expect((await offered('any(requestParameters.items, |')).labels.slice(0, 1)).toEqual(['name']);
        expect((await offered('any(requestParameters, items.|')).labels).toEqual(['items.name']);
    });
    it('are written with what follows them', async () => {
        expect(await taken('eve|', 'eventName')).toBe('eventName |');
        expect(await taken('lower(eve|)', 'eventName')).toBe('lower(eventName|)');
        expect(await taken('any(req|', 'requestParameters')).toBe('any(requestParameters, |');
        expect(await taken('a = 1 and co|', 'count')).toBe('a = 1 and count(|)');
        expect(await taken('userIdentity.t| = 1', 'userIdentity.type')).toBe('userIdentity.type| = 1');
    });
});

describe('operators', () => {
    it.each([
        ['eventName |', ['=', '!=', 'in', 'like', 'matches'], ['<']],
        ['eventTime |', ['<', '>=', 'exists'], ['like']],
        ['readOnly |', ['=', 'is null'], ['<', 'in']],
        ['dst_port |', ['=', '>', 'in'], ['like']],
        ['requestParameters |', ['exists', 'is null'], ['=', 'like']],
        ['text(requestParameters) |', ['like', 'contains'], []],
        ['count(requestParameters) |', ['>', '='], ['like']],
        ['a.b."c d" |', ['=', '<', 'like', 'in'], []],
        ['any(requestParameters.items, name |', ['like'], ['<']],
        ['nothing_known st|', ['starts_with'], []],
    ])('suit the field: %s', async (text, some, not) => {
        const { labels } = await offered(text);
        expect(labels).toEqual(expect.arrayContaining(some));
        for (const one of not) expect(labels).not.toContain(one);
    });
    it('are written with a space, and not offered once they are whole', async () => {
        expect(await taken('eventName st|', 'starts_with')).toBe('eventName starts_with |');
        expect(await taken('eventName ex|', 'exists')).toBe('eventName exists|');
        expect((await offered('eventName exists|')).labels).toEqual([]);
        expect((await offered('eventName not |')).labels).toEqual(expect.arrayContaining(['in', 'like']));
        expect((await offered('eventName is |')).labels).toEqual(['null', 'not null']);
        expect((await offered('eventName is not |')).labels).toEqual(['null']);
    });
});

describe('values', () => {
    it('are those that were seen, in their case', async () => {
        const known = sources();
        const { labels, result } = await offered('eventName = "puti|', false, known);
        expect(labels).toEqual(['"PutImage"', '"say \\"hi\\""']);
        expect(result).toMatchObject({ from: 13, options: [{ label: 'PutImage', detail: '1,200' }, {}] });
        expect(known.values).toHaveBeenCalledWith('eventName', 'puti', expect.any(AbortSignal));
    });
    it.each([
        ['eventName = Pu|', '"PutImage"', 'eventName = "PutImage"|'],
        ['eventName = |', '"PutImage"', 'eventName = "PutImage"|'],
        ['eventName = "Pu|"', '"PutImage"', 'eventName = "PutImage"|'],
        ["eventName in ('a', 'Pu|')", '"PutImage"', 'eventName in (\'a\', "PutImage"|)'],
        ['eventName = |', '"say \\"hi\\""', 'eventName = "say \\"hi\\""|'],
        ['eventName not like |', '"PutImage"', 'eventName not like "PutImage"|'],
        ['dst_port = |', '22', 'dst_port = 22|'],
        ['readOnly = |', 'true', 'readOnly = true|'],
        ['requestParameters."a.b" = |', '"deep"', 'requestParameters."a.b" = "deep"|'],
        ['any(requestParameters.items, name = |', '"one"', 'any(requestParameters.items, name = "one"|'],
        ['lower(eventName) = |', '"PutImage"', 'lower(eventName) = "PutImage"|'],
    ])('%s takes %s', async (text, value, after) => {
        expect(await taken(text, value)).toBe(after);
    });
    it('are no guess where there are none, and other fields where a word is begun', async () => {
        expect((await offered('count(eventName) = |')).labels).toEqual(['null']);
        expect((await offered('dst_port = 2|')).labels).toEqual([]);
        expect((await offered('user = userI|')).labels).toContain('userIdentity.userName');
        expect((await offered('eventName like |')).labels).toEqual(expect.arrayContaining(['$offices']));
    });
    it('do without the server', async () => {
        const known = sources();
        known.values.mockRejectedValue(new Error('unreachable'));
        expect((await offered('eventName = |', false, known)).labels).toEqual(['null']);
    });
});

describe('lists and what joins', () => {
    it('offers lists behind in and $', async () => {
        expect((await offered('sourceIPAddress in |')).labels).toEqual(['(', '$offices', '$scanners']);
        expect(await taken('sourceIPAddress in $sc|', '$scanners')).toBe('sourceIPAddress in $scanners');
        expect((await offered('sourceIPAddress = $|')).labels).toEqual([]);
    });
    it('offers and, or, and what closes', async () => {
        expect((await offered('a = 1 |')).labels).toEqual([]);
        expect((await offered('a = 1 |', true)).labels).toEqual(['and', 'or']);
        expect((await offered('(a = 1 a|')).labels).toEqual(['and', 'or', ')']);
        expect(await taken('a = 1 a|', 'and')).toBe('a = 1 and |');
        expect((await offered('(a = 1) |', true)).labels).toEqual(['and', 'or']);
    });
    it('finds its feet behind an error', async () => {
        expect((await offered('a lik "x" and eventName |')).labels).toContain('like');
        expect((await offered('a = “x” and |')).labels).toContain('eventName');
        expect((await offered('a = ; |')).labels).toEqual([]);
    });
});

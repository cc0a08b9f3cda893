import { describe, expect, it } from 'vitest';
import type { Schemas } from '~/api/client';
import { cataloguesOf, fieldsOf, sourcesOf } from './catalogue';
import { atOnce, isUnfinished, mendOf, ofServer } from './check';
import type { Diagnostic } from './tokens';

const answer: Schemas['EventColumnList'] = {
    columns: [{ name: 'name', field: 'eventName', meaning: 'What was called.' }],
    sources: [
        {
            event_type: 'cloudtrail',
            rule_types: ['CloudTrail'],
            open: true,
            fields: [
                { path: 'eventName', type: 'text', meaning: 'The call.' },
                { path: 'readOnly', type: 'boolean', meaning: '' },
                { path: 'size', type: 'number', meaning: '' },
            ],
            aliases: [
                { name: 'user', meaning: 'Who called.', empty: false },
                { name: 'port', meaning: '', empty: true },
            ],
        },
        {
            event_type: 'host',
            rule_types: ['Host'],
            open: false,
            fields: [
                { path: 'user', type: 'text', meaning: 'Who ran it.' },
                { path: 'size', type: 'text', meaning: '' },
            ],
            aliases: [{ name: 'port', meaning: 'The port.', empty: false }],
        },
    ],
};
const extra = [{ name: 'alert.severity', meaning: 'From 1 to 3.' }];

describe('fields', () => {
    it('are those of all sources, each once', () => {
        expect(fieldsOf(answer, sourcesOf(answer), extra)).toEqual([
            { name: 'alert.severity', meaning: 'From 1 to 3.', common: true, type: 'text' },
            { name: 'eventName', meaning: 'The call.', common: true, type: 'text' },
            { name: 'port', meaning: 'The port.', common: true, type: undefined },
            { name: 'readOnly', meaning: '', common: false, type: 'boolean' },
            { name: 'size', meaning: '', common: false, type: undefined },
            { name: 'user', meaning: 'Who called.', common: true, type: 'text' },
        ]);
    });
    it('are those of the sources that rules of a type speak of', () => {
        expect(fieldsOf(answer, sourcesOf(answer, 'Host'), []).map((one) => one.name)).toEqual([
            'port',
            'size',
            'user',
        ]);
        expect(sourcesOf(answer, 'File')).toEqual([]);
    });
});

describe('what is told at once', () => {
    const check = (text: string, type?: Schemas['RuleType']) =>
        atOnce(text, { catalogues: cataloguesOf(sourcesOf(answer, type), extra), lists: ['offices'] });
    it('is what the sources know', () => {
        expect(check('usr = "x" and alert.severity = 1', 'Host')).toMatchObject([
            { level: 'error', code: 'unknown_field', params: { field: 'usr', near: 'user' } },
        ]);
        expect(check('usr = "x"')).toMatchObject([{ level: 'warning', code: 'unknown_field' }]);
        expect(check('')).toEqual([]);
        expect(check('ip in $ofices', 'CloudTrail').map((one) => one.code)).toContain('unknown_list');
    });
    it('asks nothing of what is not known yet', () => {
        expect(atOnce('anything = 1 and ip in $any', { catalogues: null, lists: null })).toEqual([]);
        expect(atOnce('anything < null', { catalogues: null, lists: null })).toMatchObject([{ code: 'null_order' }]);
    });
    it('is not the end of the text while somebody writes', () => {
        const unfinished = (text: string) => check(text).filter(isUnfinished).length === check(text).length;
        for (const text of ['eventName', 'eventName =', 'eventName = "Put', '(eventName = "x"', 'eventName = "x" and'])
            expect(unfinished(text), text).toBe(true);
        for (const text of ['eventName lik "x"', 'eventName = "x")', 'eventName = 1 2'])
            expect(unfinished(text), text).toBe(false);
    });
});

describe('what the server found', () => {
    const one = { part: 'filter', line: 1, column: 1, level: 'error', message: '', params: { near: 'like' } } as const;
    it('stands at the units of its bytes', () => {
        const text = 'ação = "😀" x';
        expect(ofServer(text, [{ ...one, code: 'unknown_operator', begin: 16, end: 17 }])).toEqual([
            { level: 'error', code: 'unknown_operator', params: { near: 'like' }, from: 12, to: 13 },
        ]);
        expect(ofServer('a', [{ ...one, code: 'empty', begin: 9, end: 9 }])[0]).toMatchObject({ from: 1, to: 1 });
    });
    it('is mended by what was meant', () => {
        const found = (code: string, params: Record<string, string>): Diagnostic => ({
            level: 'error',
            code,
            params,
            from: 1,
            to: 4,
        });
        expect(mendOf(found('unknown_list', { near: 'offices' }))).toEqual({ from: 1, to: 4, insert: '$offices' });
        expect(mendOf(found('unknown_field', { near: 'user' }))?.insert).toBe('user');
        expect(mendOf(found('bad_number', { fix: '"12ab"' }))?.insert).toBe('"12ab"');
        expect(mendOf(found('unknown_field', { field: 'x' }))).toBeNull();
    });
});

import { describe, expect, it } from 'vitest';
import { diffLines, pairLines, versionText } from './diff';

describe('the lines of two versions', () => {
    it('are kept, taken out and put in', () => {
        expect(diffLines('a\nb\nc', 'a\nx\nc').map(({ sign, text }) => sign + text)).toEqual([' a', '-b', '+x', ' c']);
        expect(diffLines('a', 'a').map(({ sign }) => sign)).toEqual([' ']);
        expect(diffLines('', 'a').map(({ sign, text }) => sign + text)).toEqual(['-', '+a']);
    });
});

describe('two versions beside each other', () => {
    it('have what was taken out beside what was put in', () => {
        expect(pairLines(diffLines('a\nb\nc', 'a\nx\ny\nc'))).toEqual([
            ['a', 'a'],
            ['b', 'x'],
            [null, 'y'],
            ['c', 'c'],
        ]);
        expect(pairLines(diffLines('a\nb', 'a'))).toEqual([
            ['a', 'a'],
            ['b', null],
        ]);
    });
    it('are texts with a key a line', () => {
        expect(versionText({ name: 'n', filter: 'a\nb\n', attack: ['T1'] })).toBe(
            'name: n\nfilter:\n  a\n  b\nattack: ["T1"]',
        );
    });
});

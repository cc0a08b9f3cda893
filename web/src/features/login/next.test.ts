import { describe, expect, it } from 'vitest';
import { safeNext, tokenOf, waitOf } from './next';

const origin = 'https://vigia.example';

describe('where to go after signing in', () => {
    it.each([
        ['/alerts/42?tab=why#top', '/alerts/42?tab=why#top'],
        ['/a/42', '/a/42'],
        ['/events?filter=a%20%3D%20%22b%22', '/events?filter=a%20%3D%20%22b%22'],
    ])('follows a path of this console: %s', (next, to) => expect(safeNext(next, origin)).toBe(to));

    it.each([
        null,
        '',
        'alerts',
        'https://evil.example/',
        '//evil.example/a',
        '/\\evil.example',
        '\\\\evil.example',
        '/\t/evil.example',
        '/\n/evil.example',
        '/.//evil.example',
        '/a/..//evil.example',
        'javascript:alert(1)',
        '/login?next=/login',
        '/setup',
    ])('follows nothing else: %j', (next) => expect(safeNext(next, origin)).toBe('/'));
});

describe('the token of a link', () => {
    it.each([
        ['#token=abc', '', 'abc'],
        ['#abc', '', 'abc'],
        ['', '?token=abc', 'abc'],
        ['#token=abc', '?token=old', 'abc'],
        ['', '', ''],
        ['#%', '', '%'],
    ])('%s %s', (hash, search, token) => expect(tokenOf({ hash, search })).toBe(token));
});

describe('how long to wait', () => {
    it('takes the parameter, else the text, else a second', () => {
        expect(waitOf({ params: { retry_after_s: 8 }, detail: 'try again in 4 s' })).toBe(8);
        expect(waitOf({ params: {}, detail: 'too many failed logins: try again in 16 s' })).toBe(16);
        expect(waitOf({ params: {}, detail: 'busy' })).toBe(1);
    });
});

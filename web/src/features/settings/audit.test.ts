import { expect, it } from 'vitest';
import { actionId, askedOf, differences, pathOf } from './audit';

it('tells what was set, changed and taken away', () => {
    expect(differences('{"a":1,"b":"x","c":[1]}', '{"a":2,"b":"x","d":{"e":null}}')).toEqual([
        { name: 'a', before: '1', after: '2' },
        { name: 'c', before: '[1]', after: null },
        { name: 'd', before: null, after: '{"e":null}' },
    ]);
    expect(differences('', '{"name":"dev"}')).toEqual([{ name: 'name', before: null, after: 'dev' }]);
    expect(differences('{"name":"dev"}', '')).toEqual([{ name: 'name', before: 'dev', after: null }]);
    expect(differences('', '')).toEqual([]);
});

it('shows what is no object as it is', () => {
    expect(differences('old', 'new')).toEqual([{ name: '', before: 'old', after: 'new' }]);
    expect(differences('[1]', '{"a":1}')).toEqual([{ name: '', before: '[1]', after: '{"a":1}' }]);
    expect(differences('same', 'same')).toEqual([]);
});

it('asks for what the URL says, and a range up to now has no end', () => {
    const now = Date.parse('2026-11-26T10:00:00Z');
    expect(askedOf('', '', null, now)).toEqual({});
    expect(askedOf('a@b', 'key added', { last: '24h' }, now)).toEqual({
        who: 'a@b',
        action: 'key added',
        from: '2026-11-25T10:00:00Z',
    });
    const span = { from: '2026-11-01T00:00:00Z', until: '2026-11-02T00:00:00Z' };
    expect(askedOf('', '', span, now)).toEqual(span);
    expect(pathOf({ who: 'a@b' })).toBe('/api/v1/audit?limit=200&who=a%40b');
});

it('names the text of an action', () => expect(actionId('key added')).toBe('settings.audit.did.key_added'));

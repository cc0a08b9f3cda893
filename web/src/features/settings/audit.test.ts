import { expect, it } from 'vitest';
import { actionId, differences } from './audit';

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

it('names the text of an action', () => expect(actionId('key added')).toBe('settings.audit.did.key_added'));

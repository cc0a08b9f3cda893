import { expect, it } from 'vitest';
import { type Channel, faultsOf, type Kind, placeOf, settingsOf, valuesOf } from './channel';

const rule = (name: string, type: Kind['settings'][number]['type'], more = {}) => ({
    name,
    type,
    needed: false,
    is_place: false,
    fallback: '',
    help: '',
    ...more,
});
const mail: Kind = {
    name: 'smtp',
    secret: 'optional',
    secret_help: '',
    settings: [
        rule('host', 'text', { needed: true, is_place: true }),
        rule('port', 'number', { fallback: '587', is_place: true }),
        rule('to', 'texts', { needed: true }),
        rule('allow_http', 'flag', { fallback: 'false' }),
    ],
};
const channel = (settings: Record<string, unknown>, has_secret = true): Channel => ({
    id: '1',
    name: 'mail',
    kind: 'smtp',
    settings,
    has_secret,
    severity_max: 3,
    filter: '',
    enabled: true,
    created_at: '',
    version: 1,
    waiting: 0,
    dead: 0,
});

it('reads settings into fields and back', () => {
    const settings = { host: 'mail.example', port: 2525, to: ['a@b.example', 'c@d.example'], allow_http: true };
    const values = valuesOf(mail, settings);
    expect(values).toEqual({ host: 'mail.example', port: '2525', to: 'a@b.example\nc@d.example', allow_http: 'true' });
    expect(settingsOf(mail, values)).toEqual(settings);
});

it('leaves out what is empty or as it is anyway', () => {
    const values = valuesOf(mail, { host: 'mail.example', to: ['a@b.example'] });
    expect(settingsOf(mail, values)).toEqual({ host: 'mail.example', to: ['a@b.example'] });
    expect(settingsOf(mail, { to: ' a@b.example , c@d.example;\n' })).toEqual({ to: ['a@b.example', 'c@d.example'] });
});

it('says what is missing, what is no number, and when the secret must be given again', () => {
    expect(faultsOf(mail, { port: 'x' }, '', null)).toEqual({ host: 'missing', port: 'number', to: 'missing' });
    expect(faultsOf({ ...mail, secret: 'needed' }, { host: 'h', to: 'a' }, '', null)).toEqual({ secret: 'missing' });
    const before = channel({ host: 'old.example', to: ['a'] });
    const kept = valuesOf(mail, before.settings);
    expect(faultsOf(mail, kept, '', before)).toEqual({});
    expect(faultsOf(mail, { ...kept, host: 'new.example' }, '', before)).toEqual({ secret: 'again' });
    expect(faultsOf(mail, { ...kept, host: 'new.example' }, 'secret', before)).toEqual({});
    expect(faultsOf(mail, { ...kept, host: 'new.example' }, '', channel({ host: 'old.example' }, false))).toEqual({});
});

it('names the place that a channel sends to', () => {
    expect(placeOf(channel({ url: 'https://hook.example' }))).toBe('https://hook.example');
    expect(placeOf(channel({ host: 'mail.example', to: ['a@b.example'] }))).toBe('a@b.example');
    expect(placeOf(channel({}))).toBe('');
});

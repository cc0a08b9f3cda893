import type { Schemas } from '~/api/client';

export type Kind = Schemas['ChannelKind'];
export type Channel = Omit<Schemas['Channel'], 'settings'> & { settings: Readonly<Record<string, unknown>> };
type Rule = Kind['settings'][number];

/** What stands in the fields of a form, by the name of the setting: texts as they are typed, lists by lines, flags as 'true' or ''. */
export type Values = Readonly<Record<string, string>>;

export function valuesOf(kind: Kind, settings: Readonly<Record<string, unknown>>): Values {
    return Object.fromEntries(
        kind.settings.map((rule) => {
            const value = settings[rule.name];
            if (value === undefined || value === null) return [rule.name, rule.type === 'flag' ? rule.fallback : ''];
            if (Array.isArray(value)) return [rule.name, value.join('\n')];
            return [rule.name, String(value)];
        }),
    );
}

const lines = (text: string) =>
    text
        .split(/[\n,;]/)
        .map((line) => line.trim())
        .filter(Boolean);

/** The settings as the server takes them; those that are empty, or as they are anyway, are left out. */
export function settingsOf(kind: Kind, values: Values): Record<string, unknown> {
    const made: Record<string, unknown> = {};
    for (const rule of kind.settings) {
        const text = (values[rule.name] ?? '').trim();
        if (rule.type === 'flag') {
            const on = text === 'true';
            if (on !== (rule.fallback === 'true')) made[rule.name] = on;
        } else if (text !== '') {
            made[rule.name] = rule.type === 'number' ? Number(text) : rule.type === 'texts' ? lines(text) : text;
        }
    }
    return made;
}

export type Fault = 'missing' | 'number' | 'again';

function faultOf(rule: Rule, text: string): Fault | null {
    if (text.trim() === '') return rule.needed ? 'missing' : null;
    return rule.type === 'number' && !/^\d+$/.test(text.trim()) ? 'number' : null;
}

/** What is wrong, by the name of the setting; 'secret' for the secret, which is needed anew when the place changes. */
export function faultsOf(kind: Kind, values: Values, secret: string, before: Channel | null): Record<string, Fault> {
    const faults: Record<string, Fault> = {};
    for (const rule of kind.settings) {
        const fault = faultOf(rule, values[rule.name] ?? '');
        if (fault) faults[rule.name] = fault;
    }
    const kept = before?.has_secret ?? false;
    if (kind.secret === 'needed' && !kept && secret === '') faults.secret = 'missing';
    else if (kept && secret === '' && placeMoved(kind, values, before!)) faults.secret = 'again';
    return faults;
}

/** Whether another place is sent to than before. */
export function placeMoved(kind: Kind, values: Values, before: Channel): boolean {
    const old = valuesOf(kind, before.settings);
    return kind.settings.some((rule) => rule.is_place && (values[rule.name] ?? '').trim() !== old[rule.name]);
}

/** Where a channel sends to, in a few words. */
export function placeOf(channel: Channel): string {
    const { settings } = channel;
    const text = (name: string) => (typeof settings[name] === 'string' ? (settings[name] as string) : '');
    const to = settings.to;
    return text('url') || text('topic_arn') || (Array.isArray(to) ? to.join(', ') : '') || text('host') || '';
}

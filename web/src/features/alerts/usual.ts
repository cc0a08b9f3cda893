import type { Schemas } from '~/api/client';

type Usual = Schemas['UsualEvents'];
interface Sentence {
    /** Its text is the message `alerts.usual.<id>`. */
    id: 'user' | 'user.none' | 'name' | 'name.none' | 'host' | 'org' | 'org.none' | 'hour' | 'hour.unusual';
    values: Record<string, string | number>;
    unusual: boolean;
}

/** What the 30 days before say of an alert; what the server had no time to count is left out. */
export function sentencesOf(events: Usual, at: string): Sentence[] {
    const { user, host, name, by_user, user_days, of_name, of_name_by_user, by_user_on_host, user_hours } = events;
    const all: Sentence[] = [];
    const say = (id: Sentence['id'], values: Sentence['values'], unusual = false) => all.push({ id, values, unusual });
    if (user && by_user !== null) {
        if (by_user === 0) say('user.none', { user }, true);
        else say('user', { user, count: by_user, days: user_days ?? 0 });
    }
    if (user && name && of_name_by_user !== null) {
        if (of_name_by_user === 0) say('name.none', { user, name }, true);
        else say('name', { user, name, count: of_name_by_user });
    }
    if (user && host && by_user_on_host !== null)
        say('host', { user, host, count: by_user_on_host }, by_user_on_host === 0);
    if (name && of_name !== null) {
        if (of_name === 0) say('org.none', { name }, true);
        else say('org', { name, count: of_name });
    }
    if (user && user_hours?.some((count) => count > 0)) {
        const hour = new Date(at).getUTCHours();
        const usual = (user_hours[hour] ?? 0) > 0;
        say(usual ? 'hour' : 'hour.unusual', { user, hour }, !usual);
    }
    return all;
}

import { queryOptions } from '@tanstack/react-query';
import { api, body, type Schemas, versioned } from '~/api/client';
import { folded } from '~/app/text';
import { departures } from './upstream';

export type Rule = Schemas['Rule'];
export type SeverityLevel = Rule['severity'];

/** All rules: some hundreds, so the table searches and sorts them here. */
export const rulesQuery = () =>
    queryOptions({
        queryKey: ['rules', 'all'],
        queryFn: async ({ signal }) => {
            const all: Rule[] = [];
            let cursor: string | null = '';
            do {
                const page: { rules: Rule[]; next: string | null } = await body(
                    api.GET('/api/v1/rules', {
                        signal,
                        params: { query: { limit: 1000, ...(cursor ? { cursor } : {}) } },
                    }),
                );
                all.push(...page.rules);
                cursor = page.next;
            } while (cursor);
            return all;
        },
        staleTime: 30_000,
    });

export const historyQuery = (id: string) =>
    queryOptions({
        queryKey: ['rule', id, 'history'],
        queryFn: async ({ signal }) =>
            (
                await body(
                    api.GET('/api/v1/rules/{id}/history', { signal, params: { path: { id }, query: { limit: 200 } } }),
                )
            ).versions,
    });

/** What can be settled of any rule in one click. Of a shipped one it is kept beside it; an own one is written anew. */
export async function settle(rule: Rule, change: { severity?: SeverityLevel; enabled?: boolean }): Promise<void> {
    const path = { id: rule.id };
    if (rule.managed) {
        const { data, etag } = await versioned(api.GET('/api/v1/rules/{id}/settings', { params: { path } }));
        const { version: _version, ...kept } = data;
        await api.PUT('/api/v1/rules/{id}/settings', {
            params: { path, header: { 'If-Match': etag } },
            body: { ...kept, ...change },
        });
        return;
    }
    const { data, etag } = await versioned(api.GET('/api/v1/rules/{id}', { params: { path } }));
    await api.PUT('/api/v1/rules/{id}', {
        params: { path, header: { 'If-Match': etag } },
        body: { ...bodyOf(data), ...change },
    });
}

/** Some members of something. */
export function pick<T, K extends keyof T>(whole: T, keys: readonly K[]): Pick<T, K> {
    return Object.fromEntries(keys.map((key) => [key, whole[key]])) as Pick<T, K>;
}

/** What decides what a rule matches and how its matches become alerts. */
export const judged = [
    'name',
    'title',
    'type',
    'severity',
    'filter',
    'aggregate_fields',
    'window_s',
    'threshold',
] as const;
const written = [...judged, 'description', 'suppressions', 'enabled', 'attack', 'references', 'tests'] as const;

/** What people write of a rule, without what the server adds. */
export const bodyOf = (rule: Rule): Schemas['RuleBody'] => pick(rule, written);

/** The name, or the first with a number behind it that no rule has. */
export function freeName(name: string, taken: readonly string[]): string {
    let free = name;
    for (let number = 2; taken.includes(free); number++) free = `${name} ${number}`;
    return free;
}

/** Whose a rule is: Vigia's as shipped, Vigia's with something settled about it, the organisation's own. */
export const origins = ['own', 'shipped', 'changed'] as const;

const isOf = (rule: Rule, origin: string): boolean =>
    origin === 'own'
        ? !rule.managed
        : rule.managed && (origin === 'shipped' || (origin === 'changed' && departures(rule).length > 0));

export interface Wanted {
    q: string;
    ruleset: string;
    type: string;
    status: string;
    severity: string;
    attack: string;
    origin: string;
}

const wordsOf = (text: string) =>
    folded(text)
        .split(/[^\p{L}\p{N}]+/u)
        .filter(Boolean);

/** The rules of a view. Each word of the search begins one of the name, or all of it in the filter or the description. */
export function wantedOf(rules: readonly Rule[], wanted: Wanted): Rule[] {
    const phrase = folded(wanted.q.trim());
    const words = wordsOf(wanted.q);
    return rules.filter((rule) => {
        if (wanted.ruleset && rule.ruleset !== wanted.ruleset && !rule.rulesets.includes(wanted.ruleset)) return false;
        if (wanted.type && rule.type !== wanted.type) return false;
        if (wanted.status && rule.enabled !== (wanted.status === 'on')) return false;
        if (wanted.severity && String(rule.severity) !== wanted.severity) return false;
        if (wanted.attack && !rule.attack.some((one) => one === wanted.attack || one.startsWith(`${wanted.attack}.`)))
            return false;
        if (wanted.origin && !isOf(rule, wanted.origin)) return false;
        const name = wordsOf(rule.name);
        return (
            words.every((word) => name.some((one) => one.startsWith(word))) ||
            folded(`${rule.filter}\n${rule.description}`).includes(phrase)
        );
    });
}

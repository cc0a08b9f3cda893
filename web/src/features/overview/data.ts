import { useQueries, useQuery } from '@tanstack/react-query';
import { api, body, type Schemas } from '~/api/client';
import { activityQuery, sourcesQuery } from '~/api/queries';
import { rfc3339 } from '~/app/range';

const hour = 3_600_000;
export const day = 24 * hour;

export type Severities = [number, number, number];
export interface Times {
    now: string;
    dayAgo: string;
    weekAgo: string;
    twoWeeksAgo: string;
}

/** Whole minutes, so that what is asked twice within one is asked of the cache. */
export function timesOf(now: number): Times {
    const minute = Math.ceil(now / 60_000) * 60_000;
    return {
        now: rfc3339(minute),
        dayAgo: rfc3339(minute - day),
        weekAgo: rfc3339(minute - 7 * day),
        twoWeeksAgo: rfc3339(minute - 14 * day),
    };
}

export interface AlertBar {
    begin: string;
    counts: Severities;
}

/** All alerts by severity, dismissed ones too, in bars of a width that the server knows. */
export function useAlertBars(from: string, until: string, width: string) {
    return useQuery({
        queryKey: ['alerts', 'histogram', from, until, width],
        queryFn: async ({ signal }) => {
            const query = { status: 'all' as const, from, until, width };
            const { bars } = await body(api.GET('/api/v1/alerts/histogram', { params: { query }, signal }));
            return bars.map(({ begin, counts }): AlertBar => {
                return { begin, counts: [counts.severity_1, counts.severity_2, counts.severity_3] };
            });
        },
        placeholderData: (before) => before,
    });
}

/** The last seven days and the seven before them, as days that end now. */
export function weeksOf(bars: readonly AlertBar[], severity: number): { now: number[]; before: number[] } {
    const counts = bars.map((bar) => bar.counts[severity - 1] ?? 0);
    return { before: counts.slice(0, 7), now: counts.slice(7, 14) };
}

/** The active alerts that nobody has taken, the highest severity first and of each the oldest first. */
export function useWaiting(most: number) {
    return useQuery({
        queryKey: ['alerts', 'waiting'],
        queryFn: async ({ signal }) => {
            const of = { status: 'active' as const, assignee: '' };
            const { counts } = await body(api.GET('/api/v1/alerts/severity-counts', { params: { query: of }, signal }));
            const pages = await Promise.all(
                gravest(counts, most).map(async ({ severity, limit }) => {
                    const query = { ...of, severity: [severity], order: 'oldest' as const, limit };
                    return (await body(api.GET('/api/v1/alerts', { params: { query }, signal }))).alerts;
                }),
            );
            return { alerts: pages.flat(), count: counts.reduce((sum, { count }) => sum + count, 0) };
        },
    });
}

/** How many of each severity are among so many, the gravest first. */
export function gravest(counts: readonly { severity: number; count: number }[], most: number) {
    let left = most;
    return [...counts]
        .sort((a, b) => a.severity - b.severity)
        .map(({ severity, count }) => {
            const limit = Math.min(left, count);
            left -= limit;
            return { severity, limit };
        })
        .filter(({ limit }) => limit > 0);
}

export type Activity = Schemas['RulesActivity'];
export interface LoudRule {
    id: string;
    /** Null until it is known, and of a rule that is no longer there. */
    name: string | null;
    matched: number;
    suppressed: number;
    alerted: number;
}

/** Those that alerted most, and of these what matched most. */
export function loudest(activity: Activity, most: number): Omit<LoudRule, 'name'>[] {
    return activity.rules
        .map(({ rule_id, matched, suppressed, alerted }) => ({ id: rule_id, matched, suppressed, alerted }))
        .sort((a, b) => b.alerted - a.alerted || b.matched - a.matched)
        .slice(0, most);
}

/** What became of matches in the last seven days, today the last of them, and the rules behind most of it. */
export function useLoudest(most: number) {
    const activity = useQuery({ ...activityQuery(7), refetchInterval: 60_000 });
    const shown = activity.data ? loudest(activity.data, most) : [];
    const names = useQueries({
        queries: shown.map(({ id }) => ({
            queryKey: ['rule', id, 'name'],
            queryFn: async () => (await body(api.GET('/api/v1/rules/{id}', { params: { path: { id } } }))).name,
            staleTime: 60_000,
            retry: false,
        })),
    });
    return {
        error: activity.error,
        refetch: activity.refetch,
        isPending: activity.isPending,
        totals: activity.data?.totals,
        since: activity.data?.days[0],
        rules: shown.map((rule, index): LoudRule => ({ ...rule, name: names[index]?.data ?? null })),
    };
}

export type Source = Schemas['SourceHealth'];

export function useSources(every?: number) {
    return useQuery({ ...sourcesQuery(), refetchInterval: every ?? 30_000 });
}

/** How many accounts and hosts the events of a time are about. */
export function useSeen(since: string, until: string) {
    return useQuery({
        queryKey: ['inventory', 'seen', since, until],
        queryFn: async ({ signal }) => {
            const asked = { params: { query: { since, until, limit: 1 } }, signal };
            const [accounts, hosts, containers] = await Promise.all([
                body(api.GET('/api/v1/inventory/accounts', asked)),
                body(api.GET('/api/v1/inventory/hosts', asked)),
                body(api.GET('/api/v1/inventory/containers', asked)),
            ]);
            return { accounts: accounts.total, hosts: hosts.total, containers: containers.total };
        },
        placeholderData: (before) => before,
    });
}

/** What is stored, and for how long it is kept. */
export function useStore() {
    return useQuery({
        queryKey: ['store'],
        queryFn: ({ signal }) => body(api.GET('/api/v1/store', { signal })),
        refetchInterval: 60_000,
    });
}

export type Entry = { time: string; who: string; origin: string; action: string; subject: string; what: string };

/** What is done all day long, and changes nothing of the organisation's. */
const everyday = new Set(['logged in', 'preferences changed', 'session ended', 'sessions ended']);

export function useChanges(enabled: boolean, most: number) {
    return useQuery({
        queryKey: ['audit', 'changes'],
        queryFn: async ({ signal }) => {
            const query = { limit: 200 };
            const { entries } = await body(api.GET('/api/v1/audit', { params: { query }, signal }));
            return entries
                .filter(({ action }) => !everyday.has(action))
                .slice(0, most)
                .map((entry): Entry => ({ ...entry, what: subjectName(entry) }));
        },
        enabled,
        refetchInterval: 60_000,
    });
}

/** What an entry is about, by the name that stands in what it keeps of before and after. */
export function subjectName(entry: { subject: string; before: string; after: string }): string {
    for (const text of [entry.after, entry.before]) {
        try {
            const value = JSON.parse(text || 'null') as Record<string, unknown> | null;
            for (const name of ['name', 'email', 'title']) {
                const found = value?.[name];
                if (typeof found === 'string' && found) return found;
            }
        } catch {
            // Not JSON: the subject is all there is.
        }
    }
    return entry.subject;
}

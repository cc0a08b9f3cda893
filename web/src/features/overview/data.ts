import { useQueries, useQuery } from '@tanstack/react-query';
import { api, body, type Schemas } from '~/api/client';

const hour = 3_600_000;
export const day = 24 * hour;

export type Severities = [number, number, number];
export interface Times {
    now: string;
    dayAgo: string;
    weekAgo: string;
    twoWeeksAgo: string;
}

const iso = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

/** Whole minutes, so that what is asked twice within one is asked of the cache. */
export function timesOf(now: number): Times {
    const minute = Math.ceil(now / 60_000) * 60_000;
    return {
        now: iso(minute),
        dayAgo: iso(minute - day),
        weekAgo: iso(minute - 7 * day),
        twoWeeksAgo: iso(minute - 14 * day),
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

/** How many pages of alerts are gone through to find the oldest. */
const pagesMax = 10;

/** The active alerts that nobody has taken, the highest severity first and of each the oldest first. */
export function useWaiting(most: number) {
    return useQuery({
        queryKey: ['alerts', 'waiting'],
        queryFn: async ({ signal }) => {
            const found: Schemas['Alert'][] = [];
            let cursor: string | undefined;
            // The server gives the newest first, so all pages are gone through.
            for (let page = 0; page < pagesMax; page++) {
                const query = { status: 'active' as const, assignee: '', limit: 1000, cursor };
                const answer = await body(api.GET('/api/v1/alerts', { params: { query }, signal }));
                found.push(...answer.alerts);
                if (!answer.next) break;
                cursor = answer.next;
            }
            return { alerts: longestWaiting(found).slice(0, most), count: found.length };
        },
    });
}

export function longestWaiting<T extends { severity: number; created_at: string }>(alerts: readonly T[]): T[] {
    return [...alerts].sort((a, b) => a.severity - b.severity || a.created_at.localeCompare(b.created_at));
}

export interface LoudRule {
    id: string;
    name: string;
    severities: Severities;
    matched: number | null;
    suppressed: number | null;
    alerted: number;
}

/** The rules that alerted most in the last seven days, with what became of their matches. */
export function useLoudest(from: string, most: number) {
    const groups = useQuery({
        queryKey: ['alerts', 'loudest', from],
        queryFn: async ({ signal }) => {
            const query = { status: 'all' as const, from, limit: 1000 };
            const answer = await body(api.GET('/api/v1/alerts/groups', { params: { query }, signal }));
            return answer.groups.sort((a, b) => b.alerts - a.alerts);
        },
        placeholderData: (before) => before,
    });
    const shown = groups.data?.slice(0, most) ?? [];
    const days = useQueries({
        queries: shown.map((group) => ({
            queryKey: ['rule', group.rule_id, 'days', 7],
            queryFn: () =>
                body(
                    api.GET('/api/v1/rules/{id}/days', {
                        params: { path: { id: group.rule_id }, query: { days: 7 } },
                    }),
                ),
            retry: false,
        })),
    });
    return {
        error: groups.error,
        refetch: groups.refetch,
        isPending: groups.isPending,
        rules: shown.map((group, index): LoudRule => {
            const known = days[index]?.data?.days;
            const sum = (name: 'matched' | 'suppressed') =>
                known ? known.reduce((total, one) => total + one[name], 0) : null;
            return {
                id: group.rule_id,
                name: group.rule_name,
                severities: [group.counts.severity_1, group.counts.severity_2, group.counts.severity_3],
                matched: sum('matched'),
                suppressed: sum('suppressed'),
                alerted: group.alerts,
            };
        }),
    };
}

export type Source = Schemas['SourceHealth'];

export function useSources(every?: number) {
    return useQuery({
        queryKey: ['sources', 'health'],
        queryFn: ({ signal }) => body(api.GET('/api/v1/sources', { signal })),
        refetchInterval: every ?? 30_000,
    });
}

/** How many values the fields have in a time. */
export function useSeen(since: string, until: string) {
    return useQuery({
        queryKey: ['events', 'seen', since, until],
        queryFn: async ({ signal }) => {
            const query = { field: ['accountId', 'region', 'hostname'], since, until, limit: 1000 };
            const { facets } = await body(api.GET('/api/v1/events/facets', { params: { query }, signal }));
            return facets.map(({ field, values, more }) => ({ field, count: values.length, more }));
        },
        placeholderData: (before) => before,
    });
}

export function useStored() {
    const count = useQuery({
        queryKey: ['events', 'count', 'all'],
        queryFn: ({ signal }) => body(api.GET('/api/v1/events/count', { signal })),
        refetchInterval: 60_000,
    });
    const settings = useQuery({
        queryKey: ['settings', 'values'],
        queryFn: ({ signal }) => body(api.GET('/api/v1/settings', { signal })),
    });
    return { count: count.data?.count, retentionDays: settings.data?.retention_days, error: count.error };
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

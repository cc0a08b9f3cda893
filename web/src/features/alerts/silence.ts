import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type BacktestProgress, type BacktestResult, backtest, everyDay } from '~/api/backtest';
import type { Schemas } from '~/api/client';
import { suppressionsQuery } from '~/api/queries';
import { rfc3339 } from '~/app/range';
import { judged, pick } from '~/features/rules/data';
import type { Alert } from './view';

export interface Silence {
    /** Alerts that the rule as it stands raised, and of them those that the suppression would have silenced. */
    alerts: number;
    silenced: number;
    /** Matches, alike. */
    matches: number;
    quieted: number;
    /** Whether this very alert is among the silenced; null when it is not in the time that was looked at. */
    thisOne: boolean | null;
    days: readonly { begin: string; left: number; silenced: number }[];
}

const days = 30;

/** The 30 days that are tested: up to now, or up to the alert where it is older than that. */
export function spanOf(
    alert: Pick<Alert, 'first_at' | 'last_at'> | undefined,
    now: number,
): { since: string; until: string; now: boolean } {
    const recent = !alert || Date.parse(alert.first_at) >= now - days * 86_400_000;
    const until = recent ? now : Date.parse(alert.last_at) + 1000;
    return { since: rfc3339(until - days * 86_400_000), until: rfc3339(until), now: recent };
}

/** What a back-test takes of a rule, quieted by more filters. */
export function ruleWith(rule: Schemas['Rule'], filters: readonly string[]): Partial<Schemas['RuleBody']> {
    return { ...pick(rule, judged), suppressions: [...rule.suppressions, ...filters] };
}

/** The alert among those that a back-test raised: the same values, begun by the same event. */
const raised = (result: BacktestResult, alert: Alert) =>
    result.newest_alerts.some(
        (one) =>
            Date.parse(one.first_at) === Date.parse(alert.first_at) &&
            alert.aggregates.every(({ field, value }) =>
                one.aggregates.some((other) => other.field === field && other.value === value),
            ),
    );

/** What the second run lacks of the first; both are of the same span. */
export function compared(
    alert: Alert | undefined,
    before: BacktestResult,
    after: BacktestResult,
    span: { since: string; until: string },
): Silence {
    const left = new Map(after.days.map(({ day, alerted }) => [day, alerted]));
    return {
        alerts: before.alerts,
        silenced: Math.max(0, before.alerts - after.alerts),
        matches: before.matched,
        quieted: Math.max(0, before.matched - after.matched),
        thisOne: alert && raised(before, alert) ? !raised(after, alert) : null,
        days: everyDay(before.days, Date.parse(span.since), Date.parse(span.until)).map(({ day, alerted }) => {
            const rest = Math.min(alerted, left.get(day) ?? 0);
            return { begin: `${day}T00:00:00Z`, left: rest, silenced: alerted - rest };
        }),
    };
}

/** Runs the rule over the history, as it stands and with a further suppression. `filter` null: not yet. */
export function useSilence(alert: Alert | undefined, rule: Schemas['Rule'] | undefined, filter: string | null) {
    const subject = alert?.id ?? rule?.id;
    const client = useQueryClient();
    const [progress, setProgress] = useState<BacktestProgress | null>(null);
    const [span] = useState(() => spanOf(alert, Date.now()));
    const { since, until } = span;
    const run = async (filters: readonly string[], signal: AbortSignal) => {
        const held = await client.fetchQuery({ ...suppressionsQuery(rule!.id), staleTime: 60_000 });
        const inForce = held.filter((one) => one.in_force).map((one) => one.filter);
        return backtest(
            { rule: ruleWith(rule!, [...inForce, ...filters]), since, until, alerts: 1000 },
            { signal, progress: setProgress },
        );
    };
    const common = { staleTime: Number.POSITIVE_INFINITY, retry: false } as const;
    const before = useQuery({
        queryKey: ['silence', subject, since, rule?.version],
        queryFn: ({ signal }) => run([], signal),
        enabled: Boolean(rule),
        ...common,
    });
    const after = useQuery({
        queryKey: ['silence', subject, since, rule?.version, filter],
        queryFn: ({ signal }) => run([filter!], signal),
        enabled: Boolean(rule) && filter !== null,
        ...common,
    });
    return {
        span,
        data: before.data && after.data && filter !== null ? compared(alert, before.data, after.data, span) : null,
        error: before.error ?? after.error,
        again: () => Promise.all([before.error && before.refetch(), after.error && after.refetch()]),
        progress: before.isFetching || after.isFetching ? progress : null,
        busy: before.isFetching || after.isFetching,
    };
}

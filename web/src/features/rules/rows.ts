import type { Schemas } from '~/api/client';
import type { Rule } from './data';

export type Activity = Schemas['RulesActivity']['rules'][number];

/** A row of the table: a rule, or a ruleset with its rules beneath it. A rule stands in each of its rulesets. */
export interface Row {
    key: string;
    /** Of a ruleset, its name; empty for rules that are in none. */
    ruleset?: string;
    rules: readonly Rule[];
}

export const ruleRow = (rule: Rule, within = ''): Row => ({ key: `${within}/${rule.id}`, rules: [rule] });

/** The rulesets of the rules, by name; rules without one come last. The rules keep their order. */
export function rulesetRows(rules: readonly Rule[]): Row[] {
    const by = new Map<string, Rule[]>();
    for (const rule of rules) {
        const names = new Set([rule.ruleset, ...rule.rulesets].filter(Boolean));
        for (const name of names.size > 0 ? names : ['']) by.set(name, [...(by.get(name) ?? []), rule]);
    }
    return [...by]
        .sort(([a], [b]) => Number(a === '') - Number(b === '') || a.localeCompare(b))
        .map(([ruleset, members]) => ({ key: ruleset, ruleset, rules: members }));
}

/** The rules that are chosen after a selection: a ruleset stands for all of its rules. */
export function chosenAfter(before: ReadonlySet<string>, was: readonly Row[], now: readonly Row[]): Set<string> {
    const after = new Set(before);
    const keys = (rows: readonly Row[]) => new Set(rows.map(({ key }) => key));
    const [old, fresh] = [keys(was), keys(now)];
    for (const row of was) if (!fresh.has(row.key)) for (const { id } of row.rules) after.delete(id);
    for (const row of now) if (!old.has(row.key)) for (const { id } of row.rules) after.add(id);
    return after;
}

/** The rows that are selected: rules that are chosen, and rulesets all of whose rules are. */
export const selectedRows = (rows: readonly Row[], chosen: ReadonlySet<string>): Row[] =>
    rows.filter(({ rules }) => rules.length > 0 && rules.every(({ id }) => chosen.has(id)));

const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0);

export interface RowActivity {
    matched: number[];
    suppressed: number[];
    alerted: number[];
    /** Alerts of the last 7 days. */
    week: number;
    lastAt: string | null;
}

/** What the rules did in all, by day; null when nothing. */
export function activityOf(rules: readonly Rule[], by: ReadonlyMap<string, Activity> | undefined): RowActivity | null {
    const found = rules.flatMap(({ id }) => by?.get(id) ?? []);
    const first = found[0];
    if (!first) return null;
    const line = (of: 'matched' | 'suppressed' | 'alerted') =>
        first.days[of].map((_, day) => sumOf(found.map(({ days }) => days[of][day] ?? 0)));
    const alerted = line('alerted');
    const times = found.flatMap(({ last_alert_at }) => last_alert_at ?? []).sort();
    return {
        matched: line('matched'),
        suppressed: line('suppressed'),
        alerted,
        week: sumOf(alerted.slice(-7)),
        lastAt: times.at(-1) ?? null,
    };
}

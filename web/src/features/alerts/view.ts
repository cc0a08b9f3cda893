import type { Schemas } from '~/api/client';
import { ruleTypes } from '~/api/rule-types';
import { bounds, type Range, rangeOf } from '~/app/range';
import { outcomeOf } from '~/ui/completeness';

export type Alert = Schemas['Alert'];
export type AlertFilter = Schemas['AlertFilter'];
export type Status = 'active' | 'dismissed' | 'all';

/** What can be asked of alerts beside status, severity and time; the names are those of the URL and of the API. */
export const properties = ['title', 'rule', 'ruleset', 'type', 'host', 'assignee'] as const;
export type Property = (typeof properties)[number];

/** Stands in filters for an empty assignee. */
export const nobody = '-';

/** What the list of alerts is narrowed to, as its URL says. */
export interface View {
    status: Status;
    severity: 1 | 2 | 3 | null;
    properties: Partial<Record<Property, string>>;
    /** Null: whenever they were raised. */
    range: Range | null;
}

export function viewOf(params: URLSearchParams): View {
    const status = params.get('status');
    const severity = Number(params.get('severity'));
    const asked: View['properties'] = {};
    for (const name of properties) {
        const value = params.get(name);
        if (name === 'type' && !ruleTypes.some((one) => one === value)) continue;
        if (value) asked[name] = value;
        else if (name === 'assignee' && value === '') asked[name] = nobody;
    }
    const timed = params.has('range') || (params.has('from') && params.has('until'));
    return {
        status: status === 'dismissed' || status === 'all' ? status : 'active',
        severity: severity === 1 || severity === 2 || severity === 3 ? severity : null,
        properties: asked,
        range: timed ? rangeOf(params, '7d') : null,
    };
}

type Asked = Omit<AlertFilter, 'status' | 'severity'>;

/** A range up to now has no end, so that what is raised later belongs to it. */
function asked(view: View, now: number): Asked {
    const { assignee, type, ...rest } = view.properties;
    const range = view.range && bounds(view.range, now);
    return {
        ...rest,
        ...(type !== undefined && { type: type as Schemas['RuleType'] }),
        ...(assignee !== undefined && { assignee: assignee === nobody ? '' : assignee }),
        ...(range && { from: range.from }),
        ...(range && view.range && 'from' in view.range && { until: range.until }),
    };
}

/** The query of the calls that list and count alerts. */
export function queryOf(view: View, now: number): Asked & { status: Status; severity?: number[] } {
    return { status: view.status, ...(view.severity && { severity: [view.severity] }), ...asked(view, now) };
}

/** The same alerts as a set that an act takes. */
export function setOf(view: View, now: number): AlertFilter {
    return { status: view.status, ...(view.severity && { severity: view.severity }), ...asked(view, now) };
}

/** Those of them that can be dismissed; null where all are dismissed already. */
export function filterOf(view: View, now: number): AlertFilter | null {
    return view.status === 'dismissed' ? null : { ...setOf(view, now), status: 'active' };
}

/** Whether an alert that the stream brought belongs to the view. */
export function belongs(alert: Alert, view: View, now: number): boolean {
    const { title, rule, ruleset, type, host, assignee } = asked(view, now);
    if (view.status !== 'all' && alert.status !== view.status) return false;
    if (view.severity && alert.severity !== view.severity) return false;
    if (title && !alert.title.toLowerCase().includes(title.toLowerCase())) return false;
    if (rule && alert.rule_id !== rule) return false;
    if (ruleset && alert.ruleset !== ruleset) return false;
    if (type && alert.rule_type !== type) return false;
    if (host && alert.host !== host) return false;
    if (assignee !== undefined && alert.assignee !== assignee) return false;
    if (!view.range) return true;
    const { from, until } = bounds(view.range, now);
    const at = Date.parse(alert.created_at);
    return at >= Date.parse(from) && ('last' in view.range || at < Date.parse(until));
}

/** How long matches were gathered, in seconds: the window of the rule when the alert was raised. */
export function windowSeconds(alert: Alert): number {
    return Math.round((Date.parse(alert.expires_at) - Date.parse(alert.created_at)) / 1000);
}

/** The largest unit that gives a whole number: [10, 'minute']. */
export function span(seconds: number): [number, 'second' | 'minute' | 'hour' | 'day'] {
    if (seconds >= 86400 && seconds % 86400 === 0) return [seconds / 86400, 'day'];
    if (seconds >= 3600 && seconds % 3600 === 0) return [seconds / 3600, 'hour'];
    if (seconds >= 60 && seconds % 60 === 0) return [seconds / 60, 'minute'];
    return [seconds, 'second'];
}

/** What CloudTrail's digests say of the hour of an alert. */
export function completeness(alert: Alert) {
    const counts = alert.completeness?.files;
    return counts ? outcomeOf(counts) : { outcome: 'untold' as const, files: 0, broken: 0, unproven: 0 };
}

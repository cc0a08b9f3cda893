import { useState } from 'react';
import { api, body } from '~/api/client';
import { bounds, type Range } from '~/app/range';

/** Entries that one call asks for. */
export const askedAtOnce = 200;

interface Asked {
    who?: string;
    action?: string;
    from?: string;
    until?: string;
}

/** A page of the log, the latest first. */
export const entriesOf = (query: Asked & { limit: number; cursor?: string }, signal: AbortSignal) =>
    body(api.GET('/api/v1/audit', { params: { query }, signal }));

/** What is asked of the log; a range up to now has no end, and begins where it began when the page was opened. */
export function askedOf(who: string, action: string, range: Range | null, now: number): Asked {
    const span = range && bounds(range, now);
    return {
        ...(who && { who }),
        ...(action && { action }),
        ...(span && { from: span.from }),
        ...(span && range && 'from' in range && { until: span.until }),
    };
}

export function useAsked({ who, action, range }: { who: string; action: string; range: Range | null }): Asked {
    const [now] = useState(() => Date.now());
    return askedOf(who, action, range, now);
}

export const pathOf = (query: Asked) =>
    `/api/v1/audit?${new URLSearchParams({ limit: String(askedAtOnce), ...query })}`;

/** One member that a change set, changed or took away; values as texts. */
export interface Difference {
    name: string;
    before: string | null;
    after: string | null;
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : JSON.stringify(value));

function members(json: string): Record<string, unknown> | null {
    try {
        const value: unknown = JSON.parse(json);
        return value && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
    } catch {
        return null;
    }
}

/** What lies between two states of a thing, as the audit log keeps them: JSON objects, or any text; empty for none. */
export function differences(before: string, after: string): Difference[] {
    const [old, now] = [members(before || '{}'), members(after || '{}')];
    if (!old || !now) return before === after ? [] : [{ name: '', before: before || null, after: after || null }];
    const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
    return names
        .map((name) => ({
            name,
            before: name in old ? text(old[name]) : null,
            after: name in now ? text(now[name]) : null,
        }))
        .filter((one) => one.before !== one.after);
}

/** The id of the message of an action: 'key added' is settings.audit.did.key_added. */
export const actionId = (action: string) => `settings.audit.did.${action.replaceAll(/[^a-z0-9]+/gi, '_')}`;

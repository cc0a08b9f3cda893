/** A span of time as a URL carries it: `range=7d` up to now, or `from` and `until` as RFC 3339 in UTC. */
export type Range = { last: string } | { from: string; until: string };

const unit: Record<string, number> = { m: 60, h: 3600, d: 86400, w: 604800 };

/** Seconds of '15m', '24h', '7d', '4w'; null when it is none of these. */
export function seconds(last: string): number | null {
    const match = /^(\d{1,4})([mhdw])$/.exec(last);
    return match ? Number(match[1]) * unit[match[2]!]! : null;
}

export function rangeOf(params: URLSearchParams, fallback: string): Range {
    const from = params.get('from');
    const until = params.get('until');
    if (from && until && !Number.isNaN(Date.parse(from)) && !Number.isNaN(Date.parse(until))) return { from, until };
    const last = params.get('range') ?? fallback;
    return { last: seconds(last) === null ? fallback : last };
}

/** What a URL must carry for it; for `useUrl().set`. */
export function rangePatch(range: Range): { range: string | null; from: string | null; until: string | null } {
    return 'last' in range
        ? { range: range.last, from: null, until: null }
        : { range: null, from: range.from, until: range.until };
}

/** A time as the API takes it: RFC 3339 in UTC, whole seconds. */
export const rfc3339 = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

/** Its bounds, the first within and the last beyond it, RFC 3339 in UTC. */
export function bounds(range: Range, now: number = Date.now()): { from: string; until: string } {
    if ('from' in range) return range;
    const until = Math.ceil(now / 1000) * 1000;
    return { from: rfc3339(until - (seconds(range.last) ?? 0) * 1000), until: rfc3339(until) };
}

/** A day before and after, of a time or of two. */
export function dayAround(first: string, last = first): { from: string; until: string } {
    return { from: rfc3339(Date.parse(first) - 86_400_000), until: rfc3339(Date.parse(last) + 86_400_000) };
}

/** The widths of bars that the server takes, with their seconds. */
export const widths = [
    ['1m', 60],
    ['5m', 300],
    ['15m', 900],
    ['1h', 3600],
    ['6h', 21600],
    ['1d', 86400],
] as const;

/** The narrowest of them that needs at most `bars`. */
export function widthFor(range: Range, bars = 100): string {
    const { from, until } = bounds(range);
    const span = (Date.parse(until) - Date.parse(from)) / 1000;
    return (widths.find(([, size]) => span / size <= bars) ?? widths[widths.length - 1]!)[0];
}

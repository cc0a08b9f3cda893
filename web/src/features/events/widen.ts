import { bounds, type Range, seconds } from '~/app/range';

const steps = ['15m', '1h', '24h', '7d', '30d', '90d', '52w', '520w'];

/** A wider span: the next of those that are offered, or twice as much around what was drawn. Time that is still to come is left out. */
export function wider(range: Range, now: number): Range {
    if ('last' in range) {
        const size = seconds(range.last) ?? 0;
        return { last: steps.find((step) => seconds(step)! > size) ?? range.last };
    }
    const { from, until } = bounds(range);
    const [begin, end] = [Date.parse(from), Date.parse(until)];
    const more = Math.max(60_000, (end - begin) / 2);
    const iso = (at: number) => new Date(at).toISOString();
    return { from: iso(begin - more), until: iso(Math.max(end, Math.min(end + more, now))) };
}

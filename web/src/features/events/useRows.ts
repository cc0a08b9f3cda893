import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { type Event, headQuery, histogram, histogramQuery, page, rowsMax, type Search } from './search';
import { type Source, type Span, Windows } from './windows';

const iso = (seconds: number) => new Date(seconds * 1000).toISOString();

const sourceOf = (search: Search, fields: string): Source<Event> => {
    const over = ({ begin, end }: Span): Search => ({ ...search, since: iso(begin), until: iso(end) });
    return {
        page: async (span, cursor, signal) => {
            const { events, next } = await page(over(span), fields, cursor, signal);
            return { rows: events, next };
        },
        counts: async (span, width, signal) =>
            (await histogram(over(span), `${width}s`, signal)).map(({ begin, count }) => ({
                begin: Date.parse(begin) / 1000,
                count,
            })),
    };
};

/** Rows beyond those in sight that are got with them. */
const around = 250;

const never = () => () => undefined;

/** A search that goes on: its first page as soon as the server has found it, and all others by the counts of the histogram. */
export function useFound(search: Search, fields: string, enabled: boolean) {
    const client = useQueryClient();
    const head = useQuery({ ...headQuery(search, fields), enabled });
    const bars = useQuery({ ...histogramQuery(search), enabled });
    const [windows, setWindows] = useState<Windows<Event> | null>(null);
    const whole = head.data?.next === null;
    useEffect(() => {
        if (!enabled || !bars.data || whole) return;
        const made = new Windows<Event>(
            sourceOf(search, fields),
            { begin: Date.parse(search.since) / 1000, end: Date.parse(search.until) / 1000 },
            bars.data.seconds,
            bars.data.bars.map(({ begin, counts }) => ({ begin: Date.parse(begin) / 1000, count: counts[0]! })),
        );
        setWindows(made);
        return () => {
            made.close();
            setWindows(null);
        };
    }, [enabled, bars.data, whole, search, fields]);
    const cancel = useCallback(() => client.cancelQueries({ queryKey: ['events'] }), [client]);
    return {
        head: head.data,
        windows,
        bars,
        error: head.error ?? bars.error,
        searching: head.isFetching || bars.isFetching,
        /** Nothing was found yet, and nothing is being looked for. */
        cancelled: enabled && head.isPending && head.fetchStatus === 'idle',
        waiting: head.isPending && head.fetchStatus !== 'idle',
        cancel,
    };
}
export type Found = ReturnType<typeof useFound>;

/** The rows of a search, wherever in them one looks; drawn anew when there are more. */
export function useRows({ head, windows }: Pick<Found, 'head' | 'windows'>) {
    useSyncExternalStore(windows?.subscribe ?? never, () => windows?.version ?? 0);
    const first = useMemo(() => head?.events ?? [], [head]);
    const known = windows?.count ?? 0;
    // Until the counts are there, one row more stands for all that follow.
    const more = head !== undefined && head.next !== null ? 1 : 0;
    const count = Math.min(rowsMax, more === 0 ? first.length : Math.max(known, first.length + more));
    const row = useCallback((index: number) => first[index] ?? windows?.row(index), [first, windows]);
    const ask = useCallback(
        (from: number, to: number) => {
            if (to + around >= first.length) windows?.ask(from - around, to + around);
        },
        [first, windows],
    );
    const indexOf = useCallback(
        (id: string) => {
            const at = first.findIndex((one) => one.id === id);
            return at >= 0 ? at : (windows?.indexOf((one) => one.id === id) ?? -1);
        },
        [first, windows],
    );
    // There are more than can be scrolled over.
    return { row, count, cut: known > rowsMax, ask, indexOf, error: windows?.error ?? null };
}

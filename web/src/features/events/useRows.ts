import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from 'react';
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
const around = 60;
/** So long one must rest, ms, before rows are got: who drags the bar does not want all that flies by. */
const settle = 60;

/**
 * The rows of a search, wherever in them one looks. The first page is there as soon as the server has found it; all others are
 * reached by the counts of the histogram.
 */
export function useRows(search: Search, fields: string, enabled: boolean) {
    const client = useQueryClient();
    const head = useQuery({ ...headQuery(search, fields), enabled });
    const bars = useQuery({ ...histogramQuery(search), enabled });
    const [, changed] = useReducer((version: number) => version + 1, 0);
    const [failure, setFailure] = useState<unknown>(null);
    const windows = useRef<Windows<Event>>(null);
    const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

    const whole = head.data?.next === null;
    useEffect(() => {
        if (!enabled || !bars.data || whole) return;
        const made = new Windows<Event>(
            sourceOf(search, fields),
            { begin: Date.parse(search.since) / 1000, end: Date.parse(search.until) / 1000 },
            bars.data.seconds,
            bars.data.bars.map(({ begin, counts }) => ({ begin: Date.parse(begin) / 1000, count: counts[0]! })),
            changed,
            setFailure,
        );
        windows.current = made;
        setFailure(null);
        changed();
        return () => {
            made.close();
            windows.current = null;
        };
    }, [enabled, bars.data, whole, search, fields]);

    const first = useMemo(() => head.data?.events ?? [], [head.data]);
    const known = windows.current?.count ?? 0;
    // Until the counts are there, one row more stands for all that follow.
    const count = Math.min(rowsMax, whole ? first.length : Math.max(known, first.length + (head.data ? 1 : 0)));
    const row = useCallback((index: number) => first[index] ?? windows.current?.row(index), [first]);
    const ask = useCallback(
        (from: number, to: number) => {
            clearTimeout(timer.current);
            if (to + around < first.length) return;
            timer.current = setTimeout(() => windows.current?.ask(from - around, to + around), settle);
        },
        [first],
    );
    useEffect(() => () => clearTimeout(timer.current), []);
    const indexOf = useCallback(
        (id: string) => {
            const at = first.findIndex((one) => one.id === id);
            return at >= 0 ? at : (windows.current?.indexOf((one) => one.id === id) ?? -1);
        },
        [first],
    );
    const cancel = useCallback(() => client.cancelQueries({ queryKey: ['events'] }), [client]);
    return {
        row,
        count,
        /** There are more than can be scrolled over. */
        cut: known > rowsMax,
        ask,
        indexOf,
        bars,
        error: head.error ?? bars.error ?? failure,
        searching: head.isFetching || bars.isFetching,
        /** Nothing was found yet, and nothing is being looked for. */
        cancelled: enabled && head.isPending && head.fetchStatus === 'idle',
        waiting: head.isPending && head.fetchStatus !== 'idle',
        cancel,
    };
}

import { useEffect, useRef, useState } from 'react';
import { type Event, page } from './search';

/** Rows that a tail keeps; older ones are found by the search. */
export const rowsMax = 1000;
/** New rows are shown this often, ms. */
const showEvery = 300;
/** The rate is that of the last seconds. */
const rateOver = 5;

export interface Tail {
    rows: readonly Event[];
    /** Came while rows were held, and wait to be shown; at most as many as a tail keeps. */
    waiting: number;
    /** Events a second. */
    rate: number;
    /** That went by, as they came faster than they could be sent. */
    missed: number;
    state: 'opening' | 'open' | 'lost' | 'refused';
    /** Why it was refused. */
    error: unknown;
}

export const begun: Tail = { rows: [], waiting: 0, rate: 0, missed: 0, state: 'opening', error: null };

/** Takes events in and gives out what is to be shown, no more of it than a tail keeps. */
export class Gathered {
    private waiting: Event[] = [];
    private came: number[] = [];
    missed = 0;

    add(event: Event, now: number): void {
        this.waiting.push(event);
        if (this.waiting.length > 2 * rowsMax) this.waiting = this.waiting.slice(-rowsMax);
        this.came.push(now);
    }

    /** What is shown after `before`: the same object when nothing changed. With `held` rows stay as they are. */
    show(before: Tail, held: boolean, now: number): Tail {
        this.came = this.came.filter((at) => now - at < rateOver * 1000);
        const rate = this.came.length / rateOver;
        const waiting = held ? Math.min(this.waiting.length, rowsMax) : 0;
        const comes = !held && this.waiting.length > 0;
        if (!comes && before.rate === rate && before.missed === this.missed && before.waiting === waiting)
            return before;
        let { rows } = before;
        if (comes) {
            rows = [...this.waiting.reverse(), ...rows].slice(0, rowsMax);
            this.waiting = [];
        }
        return { ...before, rows, rate, missed: this.missed, waiting };
    }
}

/** New events as they become durable, the latest first. While they are held rows do not move; what comes is counted. */
export function useTail(on: boolean, held: boolean, filter: string, fields: string): Tail {
    const [tail, setTail] = useState<Tail>(begun);
    const holds = useRef(held);
    useEffect(() => {
        holds.current = held;
    });
    useEffect(() => {
        if (!on) return;
        let current = begun;
        const put = (next: Tail) => {
            if (next !== current) setTail(next);
            current = next;
        };
        setTail(begun);
        const gathered = new Gathered();
        const why = new AbortController();
        const source = new EventSource(
            `/api/v1/events/stream?${new URLSearchParams({ columns: fields, ...(filter ? { filter } : {}) })}`,
        );
        source.onopen = () => put({ ...current, state: 'open', error: null });
        source.onerror = () => {
            if (source.readyState !== EventSource.CLOSED) return put({ ...current, state: 'lost' });
            put({ ...current, state: 'refused' });
            // A stream does not say why it was refused; the same question as a search does.
            const now = Date.now();
            const span = { since: new Date(now).toISOString(), until: new Date(now + 1000).toISOString() };
            page({ filter, ...span }, fields, null, why.signal).catch((error) => {
                if (!why.signal.aborted) put({ ...current, error });
            });
        };
        source.addEventListener('event', (message) =>
            gathered.add(JSON.parse((message as MessageEvent<string>).data) as Event, Date.now()),
        );
        source.addEventListener('missed', (message) => {
            gathered.missed += (JSON.parse((message as MessageEvent<string>).data) as { events: number }).events;
        });
        const timer = setInterval(() => put(gathered.show(current, holds.current, Date.now())), showEvery);
        return () => {
            clearInterval(timer);
            why.abort();
            source.close();
        };
    }, [on, filter, fields]);
    return tail;
}

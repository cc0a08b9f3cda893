import { useEffect, useRef, useState } from 'react';
import type { Event } from './search';

/** Rows that a tail keeps; older ones are found by the search. */
const rowsMax = 1000;
/** New rows are shown this often, ms. */
const showEvery = 300;

export interface Tail {
    rows: Event[];
    /** Events a second, over the last seconds. */
    rate: number;
    /** That went by, as they came faster than they could be sent. */
    missed: number;
    state: 'off' | 'opening' | 'open' | 'lost';
}

/** New events as they become durable, newest first. While it is paused they are counted, and shown when it goes on. */
export function useTail(on: boolean, paused: boolean, filter: string, columns: readonly string[]): Tail {
    const [tail, setTail] = useState<Tail>({ rows: [], rate: 0, missed: 0, state: 'off' });
    const rests = useRef(paused);
    useEffect(() => {
        rests.current = paused;
    });
    const names = columns.join(',');
    useEffect(() => {
        if (!on) {
            setTail({ rows: [], rate: 0, missed: 0, state: 'off' });
            return;
        }
        let waiting: Event[] = [];
        let missed = 0;
        let came: number[] = [];
        const source = new EventSource(
            `/api/v1/events/stream?${new URLSearchParams({ columns: names, ...(filter ? { filter } : {}) })}`,
        );
        setTail({ rows: [], rate: 0, missed: 0, state: 'opening' });
        source.onopen = () => setTail((before) => ({ ...before, state: 'open' }));
        source.onerror = () => setTail((before) => ({ ...before, state: 'lost' }));
        source.addEventListener('event', (message) => {
            waiting.push(JSON.parse((message as MessageEvent<string>).data) as Event);
            if (waiting.length > rowsMax) waiting = waiting.slice(-rowsMax);
            came.push(Date.now());
        });
        source.addEventListener('missed', (message) => {
            missed += Number((message as MessageEvent<string>).data) || 0;
        });
        const timer = setInterval(() => {
            const now = Date.now();
            came = came.filter((at) => now - at < 5000);
            const rate = came.length / 5;
            setTail((before) => {
                if (rests.current)
                    return before.rate === rate && before.missed === missed ? before : { ...before, rate, missed };
                if (waiting.length === 0 && before.rate === rate && before.missed === missed) return before;
                const rows =
                    waiting.length > 0 ? [...waiting.reverse(), ...before.rows].slice(0, rowsMax) : before.rows;
                waiting = [];
                return { ...before, rows, rate, missed };
            });
        }, showEvery);
        return () => {
            clearInterval(timer);
            source.close();
        };
    }, [on, filter, names]);
    return tail;
}

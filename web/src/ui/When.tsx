import { useSyncExternalStore } from 'react';
import { useTimes } from '~/app/time';

let now = Date.now();
const watchers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
function watch(watcher: () => void): () => void {
    watchers.add(watcher);
    timer ??= setInterval(() => {
        now = Date.now();
        for (const one of watchers) one();
    }, 15_000);
    return () => {
        watchers.delete(watcher);
        if (watchers.size === 0) {
            clearInterval(timer);
            timer = undefined;
        }
    };
}

/** Clocks differ a little: what would lie less than this ahead, ms, is now. */
const aheadMax = 60_000;

/** Against which a time is told. */
export function reference(time: number, now: number): number {
    return time > now && time - now < aheadMax ? time : now;
}

/** A time, relative to now with the absolute one on hover, or as one of the other texts. */
export function When({
    time,
    as = 'relative',
}: {
    time: string | null | undefined;
    as?: 'relative' | 'short' | 'moment' | 'absolute' | 'clock';
}) {
    const times = useTimes();
    const at = useSyncExternalStore(watch, () => now);
    if (!time) return <>–</>;
    const utc = new Date(time).toISOString();
    return (
        <time dateTime={utc} title={`${times.absolute(time)}\n${utc}`}>
            {as === 'relative' ? times.relative(time, reference(Date.parse(time), at)) : times[as](time)}
        </time>
    );
}

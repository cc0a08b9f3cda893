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

/** A time, relative to now with the absolute one on hover, or as one of the other texts. */
export function When({
    time,
    as = 'relative',
}: {
    time: string | null | undefined;
    as?: 'relative' | 'short' | 'absolute' | 'clock';
}) {
    const times = useTimes();
    const at = useSyncExternalStore(watch, () => now);
    if (!time) return <>–</>;
    const utc = new Date(time).toISOString();
    return (
        <time dateTime={utc} title={`${times.absolute(time)}\n${utc}`}>
            {as === 'relative' ? times.relative(time, Math.max(at, Date.parse(time))) : times[as](time)}
        </time>
    );
}

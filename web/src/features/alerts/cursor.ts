import { createContext, useContext, useSyncExternalStore } from 'react';

/** Which row the keys act on. It lives outside of React's state, so that moving it draws two rows and not the table. */
export class Cursor {
    private at: string | null = null;
    private readonly watchers = new Set<() => void>();

    get = () => this.at;
    set(id: string | null): void {
        if (id === this.at) return;
        this.at = id;
        for (const one of this.watchers) one();
    }
    watch = (watcher: () => void) => {
        this.watchers.add(watcher);
        return () => void this.watchers.delete(watcher);
    };
}

export const CursorContext = createContext(new Cursor());

export function useIsAt(id: string): boolean {
    const cursor = useContext(CursorContext);
    return useSyncExternalStore(cursor.watch, () => cursor.get() === id);
}

/** The neighbour of an id by so many places; from nowhere, the first or the last. Null when there are none. */
export function step(ids: readonly string[], from: string | null, by: number): string | null {
    if (ids.length === 0) return null;
    const at = from === null ? -1 : ids.indexOf(from);
    if (at < 0) return by > 0 ? ids[0]! : ids[ids.length - 1]!;
    return ids[Math.max(0, Math.min(ids.length - 1, at + by))]!;
}

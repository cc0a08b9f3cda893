import type { Schemas } from '~/api/client';

type Health = Schemas['SourceHealth'];
type Key = Schemas['Key'];

/** No batch for this long, and a source is called quiet, ms. */
export const quietAfter = 24 * 3600 * 1000;

export interface Source {
    id: string;
    /** Of its key or its connection, or the path of its folder; the id where that is gone. */
    name: string;
    kind: Health['kind'];
    revoked: boolean;
    health: Health | null;
}

export type SourceState = 'waiting' | 'quiet' | 'refusing' | 'receiving' | 'revoked';

/** What sends events here: what did, and keys of which nothing came yet. */
export function sourcesOf(health: readonly Health[], keys: readonly Key[]): Source[] {
    const seen = health.map((one): Source => {
        const key = keys.find(({ id }) => id === one.source);
        return {
            id: one.source,
            name: one.name ?? one.source,
            kind: one.kind,
            revoked: Boolean(key?.revoked_at),
            health: one,
        };
    });
    const silent = keys
        .filter((key) => key.kind === 'source' && !key.revoked_at && !health.some(({ source }) => source === key.id))
        .map((key): Source => ({ id: key.id, name: key.name, kind: 'key', revoked: false, health: null }));
    return [...seen, ...silent];
}

export function stateOf(source: Source, now: number): SourceState {
    if (source.revoked) return 'revoked';
    const { health } = source;
    if (!health?.last_batch) return 'waiting';
    if (now - Date.parse(health.last_batch) > quietAfter) return 'quiet';
    return health.refused > 0 || health.refused_batches > 0 ? 'refusing' : 'receiving';
}

/** Seconds in their largest unit of which there is one: [3, 'minute']. */
export function span(seconds: number): [number, 'second' | 'minute' | 'hour' | 'day'] {
    if (seconds < 60) return [seconds, 'second'];
    if (seconds < 3600) return [Math.floor(seconds / 60), 'minute'];
    if (seconds < 86400) return [Math.floor(seconds / 3600), 'hour'];
    return [Math.floor(seconds / 86400), 'day'];
}

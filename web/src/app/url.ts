import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

type Patch = Record<string, string | number | null | undefined>;

/** The state of a view, which lives in its URL alone. A value that is null, undefined or empty leaves it. */
export function useUrl(): {
    get(name: string, fallback?: string): string;
    set(patch: Patch, how?: { push?: boolean }): void;
    params: URLSearchParams;
} {
    const [params, setParams] = useSearchParams();
    const get = useCallback((name: string, fallback = '') => params.get(name) ?? fallback, [params]);
    const set = useCallback(
        (patch: Patch, how: { push?: boolean } = {}) =>
            setParams((before) => patched(before, patch), { replace: !how.push, preventScrollReset: true }),
        [setParams],
    );
    return { get, set, params };
}

function patched(before: URLSearchParams, patch: Patch): URLSearchParams {
    const next = new URLSearchParams(before);
    for (const [name, value] of Object.entries(patch))
        if (value === null || value === undefined || value === '') next.delete(name);
        else next.set(name, String(value));
    return next;
}

/** A link to a view: `link('/events', {filter, from})`; empty values are left out. */
export function link(path: string, patch: Patch = {}): string {
    const text = patched(new URLSearchParams(), patch).toString();
    return text ? `${path}?${text}` : path;
}

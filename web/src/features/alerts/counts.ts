import type { Schemas } from '~/api/client';
import type { View } from './view';

/** How many alerts the view has; null while that is not known. */
export function totalOf(counts: Schemas['AlertCounts'] | undefined, view: View): number | null {
    if (!counts) return null;
    return counts.counts
        .filter(({ severity }) => view.severity === null || severity === view.severity)
        .reduce((sum, { count }) => sum + count, 0);
}

/** The path of a call with its query, a list as the parameter again and again. */
export function pathOf(path: string, query: Record<string, unknown>): string {
    const params = new URLSearchParams();
    for (const [name, value] of Object.entries(query))
        for (const one of Array.isArray(value) ? value : [value])
            if (one !== undefined) params.append(name, String(one));
    const text = params.toString();
    return text ? `${path}?${text}` : path;
}

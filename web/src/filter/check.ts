import type { Schemas } from '~/api/client';
import { unitsOf } from './bytes';
import { parse } from './parser';
import type { Diagnostic } from './tokens';

/** What the server found, as the editor shows it. */
export function ofServer(text: string, found: readonly Schemas['Diagnostic'][]): Diagnostic[] {
    const units = unitsOf(text);
    return found.map(({ level, code, params, begin, end }) => ({
        level,
        code,
        params: params as Record<string, string>,
        from: units(begin),
        to: units(end),
    }));
}

/** What can be told before the server has answered. An empty filter is no fault while somebody begins to write. */
export function atOnce(text: string): Diagnostic[] {
    return parse(text).diagnostics.filter(({ code }) => code !== 'empty');
}

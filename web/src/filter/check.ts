import type { Schemas } from '~/api/client';
import { unitsOf } from './bytes';
import { type Known, lint } from './lint';
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
export function atOnce(text: string, known: Known): Diagnostic[] {
    return lint(text, known).filter(({ code }) => code !== 'empty');
}

/** Whether it only says that the text is not at its end yet, as it is while somebody writes. */
export function isUnfinished({ code, params }: Diagnostic): boolean {
    return params.kind === 'end' || code === 'unclosed_string' || code === 'unclosed_parenthesis';
}

/** What a click on the offer to mend it writes, and in the place of what; null when there is nothing to offer. */
export function mendOf({ code, params, from, to }: Diagnostic): { from: number; to: number; insert: string } | null {
    const near = params.near === undefined ? undefined : code === 'unknown_list' ? `$${params.near}` : params.near;
    const insert = params.fix ?? near;
    return insert === undefined ? null : { from, to, insert };
}

import type { Schemas } from '~/api/client';
import { parse } from './parser';
import type { Diagnostic } from './tokens';

/** The places in UTF-16 units of those in bytes of UTF-8, as the server counts. */
export function unitsOf(text: string): (byte: number) => number {
    let ascii = true;
    for (let at = 0; at < text.length && ascii; at++) ascii = text.charCodeAt(at) < 0x80;
    if (ascii) return (byte) => Math.min(byte, text.length);
    const units: number[] = [];
    let at = 0;
    for (const character of text) {
        const code = character.codePointAt(0)!;
        const bytes = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
        for (let i = 0; i < bytes; i++) units.push(at);
        at += character.length;
    }
    return (byte) => units[byte] ?? text.length;
}

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

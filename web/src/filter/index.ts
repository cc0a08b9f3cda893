// What pages do with filters, without the editor.
import { parse } from './parser';
import { isIdentifier, quote, tokenize } from './tokens';

export { parse } from './parser';
export { type Diagnostic, quote } from './tokens';

/** A value of a record as a filter writes it. */
export function quoteValue(value: unknown): string {
    if (typeof value === 'string') return quote(value);
    if (value === null || value === undefined) return 'null';
    if (typeof value === 'number') return Number.isFinite(value) ? String(value) : quote(String(value));
    if (typeof value === 'boolean') return String(value);
    return quote(JSON.stringify(value));
}

/** A path into a record as filters write it: arrays are walked into, so their indexes are left out. See isPath(). */
export function pathText(path: readonly (string | number)[]): string {
    return path
        .filter((part) => typeof part === 'string')
        .map((part, at) => (isIdentifier(part) || at === 0 ? part : quote(part)))
        .join('.');
}

/** Whether filters can name the path at all: its first key must be a word. */
export function isPath(path: readonly (string | number)[]): boolean {
    const first = path.find((part) => typeof part === 'string');
    return first !== undefined && isIdentifier(first);
}

/** `field = value`, or with `exclude` its opposite. Of an object or an array can only be asked whether it is there. */
export function conditionOf(field: string, value: unknown, exclude = false): string {
    if (typeof value === 'object' && value !== null) return `${exclude ? 'not ' : ''}${field} exists`;
    return `${field} ${exclude ? '!=' : '='} ${quoteValue(value)}`;
}

function narrowed(filter: string, condition: string, opposite: string | null): string {
    const text = filter.trim();
    const { top, joined } = parse(text);
    if (top === 'empty') return condition;
    const parts = joined.map((one) => ({ ...one, text: text.slice(one.from, one.to) }));
    if (parts.some((one) => one.text === condition)) return text;
    const against = parts.find((one) => one.text === opposite);
    if (against) return text.slice(0, against.from) + condition + text.slice(against.to);
    // A comment at the end would swallow what follows it.
    const line = tokenize(text).comments.some((one) => one.to === text.length) ? '\n' : '';
    if (top === 'or' || top === 'broken') return `(${text}${line}) and ${condition}`;
    return `${text}${line || ' '}and ${condition}`;
}

/** The filter narrowed by one more condition; what is there already is not said twice. */
export function addText(filter: string, condition: string): string {
    return narrowed(filter, condition, null);
}

/** The filter narrowed to events with the value, or with `exclude` to those without; the opposite gives way to it. */
export function addCondition(filter: string, field: string, value: unknown, exclude = false): string {
    return narrowed(filter, conditionOf(field, value, exclude), conditionOf(field, value, !exclude));
}

// What pages do with filters, without the editor.
import { parse } from './parser';
import { quote } from './tokens';

export { parse } from './parser';
export { type Diagnostic, quote } from './tokens';

/** A value of a record as a filter writes it. */
export function quoteValue(value: unknown): string {
    if (typeof value === 'string') return quote(value);
    if (value === null || value === undefined) return 'null';
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    return quote(JSON.stringify(value));
}

const ident = /^[A-Za-z_@][A-Za-z0-9_:@-]*$/;

/** A path into a record as filters write it: arrays are walked into, so their indexes are left out. */
export function pathText(path: readonly (string | number)[]): string {
    return path
        .filter((part) => typeof part === 'string')
        .map((part, at) => (ident.test(part) || at === 0 ? part : quote(part)))
        .join('.');
}

/** Whether filters can name the path at all: its first key must be a word. */
export function isPath(path: readonly (string | number)[]): boolean {
    const first = path.find((part) => typeof part === 'string');
    return first !== undefined && ident.test(first);
}

/** `field = value`, or with `exclude` its opposite. An empty text is what no value is shown as. */
export function conditionOf(field: string, value: unknown, exclude = false): string {
    return `${field} ${exclude ? '!=' : '='} ${quoteValue(value)}`;
}

/** The filter narrowed by one more condition; what is there already is not said twice. */
export function addText(filter: string, condition: string): string {
    const text = filter.trim();
    const { top } = parse(text);
    if (top === 'empty' || text === '') return condition;
    const parts = text.split(/\s+and\s+/i).map((part) => part.trim());
    if (top !== 'or' && parts.includes(condition)) return text;
    // A comment at the end would swallow what follows it.
    const line = /#[^\n]*$/.test(text) ? '\n' : '';
    if (top === 'or' || top === 'broken') return `(${text}${line}) and ${condition}`;
    return `${text}${line || ' '}and ${condition}`;
}

export function addCondition(filter: string, field: string, value: unknown, exclude = false): string {
    return addText(filter, conditionOf(field, value, exclude));
}

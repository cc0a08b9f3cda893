import type { Path } from '~/ui/Json';

// What JSON escapes with a letter that the language does not know.
const spelled: Record<string, string> = { b: '\\u0008', f: '\\u000c', r: '\\u000d' };

/** A value as a filter writes it. */
export const quoteValue = (value: unknown): string =>
    typeof value === 'string'
        ? JSON.stringify(value).replace(/\\(.)/g, (pair, letter: string) => spelled[letter] ?? pair)
        : String(value);

/** A path of a record as filters write it; arrays are walked into. */
export const pathText = (path: Path): string =>
    path
        .filter((part) => typeof part === 'string')
        .map((part) => (/^[A-Za-z_][\w-]*$/.test(part) ? part : JSON.stringify(part)))
        .join('.');

export const conditionOf = (field: string, value: unknown, exclude = false): string =>
    `${field} ${exclude ? '!=' : '='} ${value === '' || value === null ? 'null' : quoteValue(value)}`;

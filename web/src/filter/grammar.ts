// The bounds and the words of the filter language, as src/lang/parser.h and parser.cc have them.
export const limits = {
    bytes: 64 * 1024,
    depth: 64,
    conditions: 4096,
    segments: 32,
    items: 100_000,
    /** Bytes of a token that a message shows. */
    found: 40,
} as const;
export const textOperators = ['like', 'contains', 'starts_with', 'ends_with', 'glob', 'matches'] as const;
export const operatorWords = [...textOperators, 'in', 'is', 'exists', 'not'] as const;
export const compares = ['=', '==', '!=', '<', '<=', '>', '>='] as const;
export const functions = ['lower', 'length', 'count', 'text'] as const;
export const quantifiers = ['any', 'all', 'none'] as const;

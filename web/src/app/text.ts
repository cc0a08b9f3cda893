/** A text as searches compare it: without case and accents. */
export const folded = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** A text as one word of a shell. */
export const shellQuoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

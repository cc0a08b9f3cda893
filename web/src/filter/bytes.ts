// Places of a text in bytes of UTF-8, as the server counts, and in UTF-16 units, as strings do.

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

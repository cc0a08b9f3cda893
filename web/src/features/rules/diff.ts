export interface DiffLine {
    sign: ' ' | '-' | '+';
    text: string;
}

/** Lines of two texts: kept, taken out, put in. By the longest common subsequence, for texts of some hundred lines. */
export function diffLines(before: string, after: string): DiffLine[] {
    const a = before.split('\n');
    const b = after.split('\n');
    const common = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
    for (let i = a.length - 1; i >= 0; i--)
        for (let j = b.length - 1; j >= 0; j--)
            common[i]![j] =
                a[i] === b[j] ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
    const lines: DiffLine[] = [];
    let i = 0;
    let j = 0;
    while (i < a.length || j < b.length) {
        if (i < a.length && j < b.length && a[i] === b[j]) {
            lines.push({ sign: ' ', text: a[i++]! });
            j++;
        } else if (j >= b.length || (i < a.length && common[i + 1]![j]! >= common[i]![j + 1]!))
            lines.push({ sign: '-', text: a[i++]! });
        else lines.push({ sign: '+', text: b[j++]! });
    }
    return lines;
}

/** The lines as two columns: what was taken out stands beside what was put in; null where there is nothing. */
export function pairLines(lines: readonly DiffLine[]): [string | null, string | null][] {
    const pairs: [string | null, string | null][] = [];
    let out: string[] = [];
    let put: string[] = [];
    const settle = () => {
        for (let at = 0; at < Math.max(out.length, put.length); at++) pairs.push([out[at] ?? null, put[at] ?? null]);
        out = [];
        put = [];
    };
    for (const { sign, text } of lines)
        if (sign === '-') out.push(text);
        else if (sign === '+') put.push(text);
        else {
            settle();
            pairs.push([text, text]);
        }
    settle();
    return pairs;
}

/** A version as text, of which lines can be compared: a key a line, texts of several lines as they are. */
export const versionText = (body: Record<string, unknown>): string =>
    Object.entries(body)
        .map(([key, value]) =>
            typeof value === 'string' && value.includes('\n')
                ? `${key}:\n${value.trimEnd().replace(/^/gm, '  ')}`
                : `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
        )
        .join('\n');

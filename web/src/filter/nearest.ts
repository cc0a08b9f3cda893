// Which word was probably meant: the measure of src/lang/nearest.cc.

const step = 2; // what a change of a letter costs; a change of its case costs half
const wordMax = 64;

function change(one: string, other: string): number {
    if (one === other) return 0;
    return one.toLowerCase() === other.toLowerCase() ? step / 2 : step;
}

/** Optimal string alignment distance, three rows at a time. */
function distance(one: string, other: string): number {
    let before: number[] = [];
    let last = Array.from({ length: other.length + 1 }, (_, at) => at * step);
    for (let i = 1; i <= one.length; i++) {
        const row = [i * step];
        for (let j = 1; j <= other.length; j++) {
            row[j] = Math.min(last[j]! + step, row[j - 1]! + step, last[j - 1]! + change(one[i - 1]!, other[j - 1]!));
            if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
                row[j] = Math.min(row[j]!, before[j - 2]! + step);
        }
        before = last;
        last = row;
    }
    return last[other.length]!;
}

/** The nearest of the words, where one is near enough to be meant. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
    if (word.length > wordMax) return undefined;
    let best: string | undefined;
    let least = Math.max(step, Math.floor((word.length * step) / 3)) + 1;
    for (const candidate of candidates) {
        if (candidate.length > wordMax) continue;
        const far = distance(word, candidate);
        if (far === 0 || far >= least) continue;
        best = candidate;
        least = far;
    }
    return best;
}

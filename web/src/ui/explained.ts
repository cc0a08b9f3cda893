// The explanation of a filter, laid out as people read it.
import type { Schemas } from '~/api/client';
import { unitsOf } from '~/filter/bytes';

export type Explanation = Schemas['Explanation'];
export type Truth = Schemas['Truth'];
export type ExplainedField = Schemas['ExplainedField'];

export interface Laid {
    kind: 'condition' | 'and' | 'or' | 'not' | 'element';
    verdict: Truth;
    /** Of a condition and of a question about elements, as the filter has it. */
    text: string;
    /** Of a condition, what its fields are. */
    fields: readonly ExplainedField[];
    /** Of a question about elements: the one that is told of, from 1, and how many there are. */
    element: number | null;
    elements: number;
    /** What was decided by, before the others; each in the filter's order. */
    children: readonly Laid[];
    /** Of a long junction, what changes nothing about its verdict. */
    others: readonly Laid[];
    /** Whether it is asked of an element, not of the whole event. */
    inside: boolean;
    /** Where it stands in the filter: unique among its siblings. */
    key: number;
}

/** Junctions with more parts than this show those only that decided, until asked for the others. */
export const partsShown = 6;

/** The parts of a junction that its verdict comes of: of an `or` that holds those that hold, of an `and` that fails those that fail. */
function partsOf(kind: 'and' | 'or', verdict: Truth, all: readonly Laid[]): Pick<Laid, 'children' | 'others'> {
    const decided = verdict === (kind === 'or' ? 'true' : 'false');
    if (!decided || all.length <= partsShown) return { children: all, others: [] };
    return {
        children: all.filter((one) => one.verdict === verdict),
        others: all.filter((one) => one.verdict !== verdict),
    };
}

/** `any(resources, type = "x")` asks of elements by `any(resources, …)`. */
const asked = (text: string) => `${text.replace(/[\s,(]+$/u, '')}, …)`;

export function laidOut(explanation: Explanation, filter: string): Laid {
    const units = unitsOf(filter);
    const textOf = (begin: number, end: number) => filter.slice(units(begin), units(end)).trim();
    const lay = (one: Explanation, inside: boolean): Laid => {
        const within = (part: Explanation) => lay(part, inside);
        const { kind, verdict, begin, end } = one;
        const plain: Laid = {
            kind: 'condition',
            verdict,
            text: textOf(begin, end),
            fields: one.fields ?? [],
            element: null,
            elements: 0,
            children: [],
            others: [],
            inside,
            key: begin,
        };
        const [first] = one.children;
        switch (kind) {
            case 'condition':
                return plain;
            case 'and':
            case 'or':
                return { ...plain, kind, text: '', ...partsOf(kind, verdict, one.children.map(within)) };
            case 'not':
                // `is not null` and its like are one condition to whoever reads them.
                if (first!.begin === begin) return { ...within(first!), verdict };
                return { ...plain, kind, text: '', children: [within(first!)] };
            default:
                return {
                    ...plain,
                    kind: 'element',
                    text: asked(textOf(begin, first!.begin)),
                    element: one.element == null ? null : one.element + 1,
                    elements: one.elements ?? 0,
                    children: [lay(first!, true)],
                };
        }
    };
    return lay(explanation, false);
}

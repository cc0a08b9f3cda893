import { expect, test } from 'vitest';
import { type Explanation, laidOut, partsShown, type Truth } from './explained';

const condition = (filter: string, text: string, verdict: Truth): Explanation => {
    const begin = new TextEncoder().encode(filter.slice(0, filter.indexOf(text))).length;
    const bytes = new TextEncoder().encode(text).length;
    const fields = [{ field: 'a', count: 1, values: [{ text: 'x', type: 'text' as const, cut: false }] }];
    return { kind: 'condition', verdict, begin, end: begin + bytes, children: [], field: 'a', operator: '=', fields };
};
const over = (kind: Explanation['kind'], verdict: Truth, filter: string, children: Explanation[]): Explanation => ({
    kind,
    verdict,
    begin: 0,
    end: new TextEncoder().encode(filter).length,
    children,
});

test('conditions have their text, whatever bytes stand before them', () => {
    const filter = 'nome = "São"  and nome exists';
    const parts = [condition(filter, 'nome = "São"', 'false'), condition(filter, 'nome exists', 'true')];
    const laid = laidOut(over('and', 'false', filter, parts), filter);
    expect(laid.kind).toBe('and');
    expect(laid.children.map(({ text, verdict }) => [text, verdict])).toEqual([
        ['nome = "São"', 'false'],
        ['nome exists', 'true'],
    ]);
    expect(laid.children[0]!.fields[0]!.values[0]!.text).toBe('x');
});

test('a negation within a condition is one with it, one before it is not', () => {
    const inside = 'a is not null';
    const one = laidOut(over('not', 'true', inside, [condition(inside, inside, 'false')]), inside);
    expect([one.kind, one.verdict, one.text]).toEqual(['condition', 'true', inside]);
    const before = 'not a exists';
    const two = laidOut(over('not', 'true', before, [condition(before, 'a exists', 'false')]), before);
    expect([two.kind, two.verdict, two.children[0]!.text]).toEqual(['not', 'true', 'a exists']);
});

test('a question about elements says which of them is told of', () => {
    const filter = 'any( resources , type = "x")';
    const inner = condition(filter, 'type = "x"', 'true');
    const laid = laidOut({ ...over('any', 'true', filter, [inner]), elements: 3, element: 1 }, filter);
    expect([laid.kind, laid.text, laid.element, laid.elements]).toEqual(['element', 'any( resources, …)', 2, 3]);
    expect([laid.inside, laid.children[0]!.inside]).toEqual([false, true]);
    const none = laidOut({ ...over('all', 'true', filter, [inner]), elements: 0, element: null }, filter);
    expect(none.element).toBeNull();
});

test('of a long junction only that is shown first which decided', () => {
    const names = Array.from({ length: partsShown + 1 }, (_, at) => `a = ${at}`);
    const filter = names.join(' or ');
    const parts = names.map((name, at) => condition(filter, name, at === 3 ? 'true' : 'false'));
    const holds = laidOut(over('or', 'true', filter, parts), filter);
    expect(holds.children.map(({ text }) => text)).toEqual(['a = 3']);
    expect(holds.others).toHaveLength(partsShown);
    expect(laidOut(over('or', 'false', filter, parts), filter).others).toHaveLength(0);
    expect(laidOut(over('or', 'true', filter, parts.slice(1)), filter).others).toHaveLength(0);
});

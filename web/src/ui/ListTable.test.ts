import { expect, it } from 'vitest';
import { found, sortedBy } from './ListTable';

const people = [
    { name: 'José Ávila', at: 3 },
    { name: 'Ana', at: null },
    { name: 'ana 10', at: 1 },
    { name: 'ana 9', at: 2 },
];

it('finds all words, whatever their case and accents', () => {
    expect(found(people, (one) => one.name, 'avila JOSE').map((one) => one.name)).toEqual(['José Ávila']);
    expect(found(people, (one) => one.name, ' ')).toHaveLength(4);
});

it('sorts numbers within texts as numbers, and what has no key last', () => {
    expect(sortedBy(people, (one) => one.name, false).map((one) => one.name)).toEqual([
        'Ana',
        'ana 9',
        'ana 10',
        'José Ávila',
    ]);
    expect(sortedBy(people, (one) => one.at, false).map((one) => one.at)).toEqual([1, 2, 3, null]);
    expect(sortedBy(people, (one) => one.at, true).map((one) => one.at)).toEqual([3, 2, 1, null]);
});

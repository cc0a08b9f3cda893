import { describe, expect, it } from 'vitest';
import { relative } from './time';

describe('relative times', () => {
    const now = Date.parse('2026-03-04T10:00:00Z');
    const cases: [string, [number, string]][] = [
        ['2026-03-04T10:00:00Z', [0, 'second']],
        ['2026-03-04T09:59:01Z', [-59, 'second']],
        ['2026-03-04T09:59:00Z', [-1, 'minute']],
        ['2026-03-04T09:00:01Z', [-59, 'minute']],
        ['2026-03-03T10:00:01Z', [-23, 'hour']],
        ['2026-03-03T10:00:00Z', [-1, 'day']],
        ['2026-01-03T10:00:00Z', [-2, 'month']],
        ['2020-03-04T10:00:00Z', [-6, 'year']],
        ['2026-03-04T12:30:00Z', [2, 'hour']],
    ];
    it.each(cases)('%s', (time, expected) => {
        expect(relative(Date.parse(time), now)).toEqual(expected);
    });
});

import { describe, expect, it } from 'vitest';
import { gravest, loudest, subjectName, timesOf, weeksOf } from './data';

describe('times', () => {
    it('are whole minutes, so that two askings within one are the same', () => {
        const first = timesOf(Date.parse('2026-11-26T10:00:01.2Z'));
        expect(first).toEqual(timesOf(Date.parse('2026-11-26T10:00:59Z')));
        expect(first).toEqual({
            now: '2026-11-26T10:01:00Z',
            dayAgo: '2026-11-25T10:01:00Z',
            weekAgo: '2026-11-19T10:01:00Z',
            twoWeeksAgo: '2026-11-12T10:01:00Z',
        });
    });
});

it('parts two weeks of a severity', () => {
    const bars = Array.from({ length: 14 }, (_, day) => ({
        begin: '',
        counts: [day, 0, 100] as [number, number, number],
    }));
    expect(weeksOf(bars, 1)).toEqual({ before: [0, 1, 2, 3, 4, 5, 6], now: [7, 8, 9, 10, 11, 12, 13] });
    expect(weeksOf(bars, 3).now).toEqual(Array(7).fill(100));
});

it('asks for as many of each severity as are shown, the gravest first', () => {
    const counts = [
        { severity: 3, count: 90 },
        { severity: 1, count: 2 },
        { severity: 2, count: 3 },
    ];
    expect(gravest(counts, 6)).toEqual([
        { severity: 1, limit: 2 },
        { severity: 2, limit: 3 },
        { severity: 3, limit: 1 },
    ]);
    expect(gravest(counts, 2)).toEqual([{ severity: 1, limit: 2 }]);
    expect(gravest([], 6)).toEqual([]);
});

it('names what an entry of the log is about', () => {
    expect(subjectName({ subject: 's', before: '', after: '{"name":"dev"}' })).toBe('dev');
    expect(subjectName({ subject: 's', before: '{"email":"a@b"}', after: '' })).toBe('a@b');
    expect(subjectName({ subject: 's', before: '{', after: '{"name":7}' })).toBe('s');
});

it('takes the rules that alerted most, and of these what matched most', () => {
    const rule = (rule_id: string, matched: number, alerted: number) => ({
        rule_id,
        matched,
        suppressed: 0,
        alerted,
        last_alert_at: null,
        days: { matched: [], suppressed: [], alerted: [] },
    });
    const rules = [rule('quiet', 90, 0), rule('b', 1, 5), rule('a', 7, 5), rule('c', 2, 6)];
    const found = loudest({ days: [], totals: { matched: 0, suppressed: 0, alerted: 0 }, rules }, 3);
    expect(found.map((one) => one.id)).toEqual(['c', 'a', 'b']);
});

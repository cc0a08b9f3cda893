import { describe, expect, it } from 'vitest';
import { healthOf, longestWaiting, type Source, sourceName, subjectName, timesOf, weeksOf } from './data';

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

it('puts the gravest first, and of these the oldest', () => {
    const alerts = [
        { severity: 2, created_at: '2026-01-01T00:00:00Z' },
        { severity: 1, created_at: '2026-01-03T00:00:00Z' },
        { severity: 1, created_at: '2026-01-02T00:00:00Z' },
    ];
    expect(longestWaiting(alerts).map((one) => one.created_at.slice(8, 10))).toEqual(['02', '03', '01']);
});

describe('a source', () => {
    const now = Date.parse('2026-11-26T10:00:00Z');
    const source: Source = {
        source: 'folder:/var/log/aws',
        first_batch: '2026-11-01T00:00:00Z',
        last_batch: '2026-11-26T09:59:00Z',
        last_event: '2026-11-26T09:58:00Z',
        lag_seconds: 60,
        batches: 1,
        accepted: 10,
        duplicates: 0,
        refused: 0,
        refused_batches: 0,
        problems: [],
    };
    it('is as well as what it sent last', () => {
        expect(healthOf(source, now)).toBe('healthy');
        expect(healthOf({ ...source, lag_seconds: 7200 }, now)).toBe('late');
        expect(healthOf({ ...source, refused: 1 }, now)).toBe('problems');
        expect(healthOf({ ...source, last_batch: '2026-11-24T10:00:00Z' }, now)).toBe('quiet');
        expect(healthOf({ ...source, last_batch: null }, now)).toBe('waiting');
        expect(healthOf({ ...source, last_batch: null, refused_batches: 1 }, now)).toBe('problems');
    });
    it('is named by its folder or its key', () => {
        expect(sourceName(source, undefined)).toBe('/var/log/aws');
        expect(sourceName({ ...source, source: 'id-1' }, new Map([['id-1', 'trail']]))).toBe('trail');
        expect(sourceName({ ...source, source: 'id-1' }, undefined)).toBe('id-1');
    });
});

it('names what an entry of the log is about', () => {
    expect(subjectName({ subject: 's', before: '', after: '{"name":"dev"}' })).toBe('dev');
    expect(subjectName({ subject: 's', before: '{"email":"a@b"}', after: '' })).toBe('a@b');
    expect(subjectName({ subject: 's', before: '{', after: '{"name":7}' })).toBe('s');
});

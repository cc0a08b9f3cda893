import { describe, expect, it } from 'vitest';
import { cellText, exportPath, filled, searchOf } from './search';

describe('a search of events', () => {
    it('speaks of one span, whatever is asked when', () => {
        const now = Date.parse('2026-03-04T10:00:00Z');
        expect(searchOf('  user = "a" ', { last: '1h' }, now)).toEqual({
            filter: 'user = "a"',
            since: '2026-03-04T09:00:00Z',
            until: '2026-03-04T10:00:00Z',
        });
    });
    it('fills the bars in which nothing happened', () => {
        const span = { since: '2026-03-04T09:10:00Z', until: '2026-03-04T12:00:00Z' };
        expect(filled([{ begin: '2026-03-04T11:00:00Z', count: 3 }], span, 3600).map((bar) => bar.counts[0])).toEqual([
            0, 0, 3,
        ]);
    });
    it('shows all values of a column', () => {
        const event = { id: '1', type: 'cloudtrail', time: '', fields: { a: 'x', b: ['x', 'y'], c: null } };
        expect(['a', 'b', 'c', 'd'].map((column) => cellText(event, column))).toEqual(['x', 'x, y', '', '']);
    });
    it('exports what is shown, with the filter quoted', () => {
        expect(exportPath({ filter: 'a = "b&c"', since: 's', until: 'u' }, 'csv', ['a', 'b'])).toBe(
            '/api/v1/events/export?since=s&until=u&format=csv&filter=a+%3D+%22b%26c%22&columns=a%2Cb',
        );
    });
});

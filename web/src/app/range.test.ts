import { describe, expect, it } from 'vitest';
import { bounds, rangeOf, rangePatch, seconds, widthFor } from './range';

const params = (text: string) => new URLSearchParams(text);

describe('ranges', () => {
    it('reads spans up to now', () => {
        expect(seconds('15m')).toBe(900);
        expect(seconds('4w')).toBe(4 * 7 * 86400);
        for (const wrong of ['', '7', 'd', '7 d', '-7d', '99999d', '1y']) expect(seconds(wrong), wrong).toBeNull();
    });

    it('takes what a URL says, and the fallback where it says nothing that is a range', () => {
        expect(rangeOf(params('range=1h'), '7d')).toEqual({ last: '1h' });
        expect(rangeOf(params('range=always'), '7d')).toEqual({ last: '7d' });
        expect(rangeOf(params('from=2026-03-01T00:00:00Z&until=2026-03-02T00:00:00Z&range=1h'), '7d')).toEqual({
            from: '2026-03-01T00:00:00Z',
            until: '2026-03-02T00:00:00Z',
        });
        expect(rangeOf(params('from=2026-03-01T00:00:00Z&until=soon'), '7d')).toEqual({ last: '7d' });
    });

    it('goes into a URL and comes back', () => {
        for (const range of [{ last: '24h' }, { from: '2026-03-01T00:00:00Z', until: '2026-03-02T00:00:00Z' }]) {
            const kept = new URLSearchParams();
            for (const [name, value] of Object.entries(rangePatch(range))) if (value) kept.set(name, value);
            expect(rangeOf(kept, '7d')).toEqual(range);
        }
    });

    it('ends at the second after now', () => {
        expect(bounds({ last: '1h' }, Date.parse('2026-03-04T10:00:00.250Z'))).toEqual({
            from: '2026-03-04T09:00:01Z',
            until: '2026-03-04T10:00:01Z',
        });
    });

    it('chooses the narrowest bars that fit', () => {
        expect(widthFor({ last: '1h' })).toBe('1m');
        expect(widthFor({ last: '24h' })).toBe('15m');
        expect(widthFor({ last: '7d' })).toBe('6h');
        expect(widthFor({ last: '90d' })).toBe('1d');
        expect(widthFor({ last: '9999d' })).toBe('1d');
    });
});

import { describe, expect, it } from 'vitest';
import { asCurl } from './Copy';
import { stacked } from './Histogram';

describe('copy as cURL', () => {
    it('names the key by a variable and quotes what people typed', () => {
        expect(asCurl({ path: "/api/v1/events?filter=user%20=%20'a'" }, 'https://vigia.example')).toBe(
            `curl -sS -H "Authorization: Bearer $VIGIA_KEY" 'https://vigia.example/api/v1/events?filter=user%20=%20'\\''a'\\'''`,
        );
        expect(asCurl({ method: 'POST', path: '/x', body: { a: "it's" } }, '')).toContain(
            `--data-raw '{"a":"it'\\''s"}'`,
        );
    });
});

describe('stacked bars', () => {
    it('sums from the first series up', () => {
        const bars = [
            { begin: '', counts: [1, 2, 3] },
            { begin: '', counts: [0, 5, 0] },
        ];
        expect(stacked(bars, 3)).toEqual([
            [1, 0],
            [3, 5],
            [6, 5],
        ]);
    });
});

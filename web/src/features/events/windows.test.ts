import { describe, expect, it } from 'vitest';
import { type Source, type Span, slotsOf, Windows } from './windows';

/** Rows are the seconds at which they happened; those of one second are told apart by what follows. */
class Store implements Source<number> {
    calls: string[] = [];
    constructor(
        readonly times: number[],
        readonly pageRows = 500,
    ) {}
    private within = ({ begin, end }: Span) =>
        this.times.filter((time) => time >= begin && time < end).sort((a, b) => b - a);
    async page(span: Span, cursor: string | null) {
        this.calls.push(`page ${span.begin}-${span.end} ${cursor ?? 0}`);
        const from = Number(cursor ?? 0);
        const all = this.within(span);
        const end = from + this.pageRows;
        return { rows: all.slice(from, end), next: end < all.length ? String(end) : null };
    }
    async counts(span: Span, width: number) {
        this.calls.push(`counts ${span.begin}-${span.end} ${width}`);
        return this.bars(span, width);
    }
    bars(span: Span, width: number) {
        const counts = new Map<number, number>();
        for (const time of this.within(span)) {
            const begin = Math.floor(time / width) * width;
            counts.set(begin, (counts.get(begin) ?? 0) + 1);
        }
        return [...counts].map(([begin, count]) => ({ begin, count })).sort((a, b) => a.begin - b.begin);
    }
    over(span: Span, width: number, bars = this.bars(span, width)) {
        return new Windows<number>(this, span, width, bars);
    }
}
const rest = async () => {
    for (let turn = 0; turn < 400; turn++) await Promise.resolve();
};

describe('parts of a span', () => {
    it('are about a page, the latest first, and leave no bar out', () => {
        const bars = [
            { begin: 0, count: 300 },
            { begin: 10, count: 150 },
            { begin: 20, count: 0 },
            { begin: 30, count: 400 },
            { begin: 40, count: 900 },
        ];
        expect(slotsOf({ begin: 5, end: 45 }, 10, bars).map(({ begin, end, count }) => [begin, end, count])).toEqual([
            [40, 45, 900],
            [30, 40, 400],
            [5, 20, 450],
        ]);
    });
    it('are none where nothing happened', () => {
        expect(slotsOf({ begin: 0, end: 100 }, 10, [{ begin: 10, count: 0 }])).toEqual([]);
    });
});

describe('windows', () => {
    it('give every row at its place, wherever one begins to look', async () => {
        const times = Array.from({ length: 20_000 }, (_, at) => (at * 7919) % 86_400);
        const store = new Store(times);
        const span = { begin: 0, end: 86_400 };
        const windows = store.over(span, 3600);
        const sorted = [...times].sort((a, b) => b - a);
        expect(windows.count).toBe(20_000);
        for (const first of [0, 19_950, 7_000, 12_345, 3]) {
            windows.ask(first, first + 49);
            await rest();
            for (let index = first; index < Math.min(first + 50, 20_000); index++)
                expect(windows.row(index)).toBe(sorted[index]);
        }
        expect(windows.count).toBe(20_000);
        expect(windows.row(10_000)).toBeUndefined();
        expect(windows.error).toBeNull();
        // Few calls, as those in between were never asked for.
        expect(store.calls.length).toBeLessThan(16);
    });
    it('divide a part that is too large to be gone through', async () => {
        const times = Array.from({ length: 30_000 }, (_, at) => 3600 + Math.floor(at / 10));
        const store = new Store(times);
        const windows = store.over({ begin: 0, end: 86_400 }, 86_400);
        windows.ask(29_990, 29_999);
        await rest();
        expect(windows.row(29_999)).toBe(3600);
        expect(store.calls.filter((call) => call.startsWith('counts'))).not.toEqual([]);
        expect(store.calls.filter((call) => call.startsWith('page')).length).toBeLessThan(5);
    });
    it('go through one second page by page, which cannot be divided', async () => {
        const store = new Store(new Array(3000).fill(50));
        const windows = store.over({ begin: 50, end: 51 }, 60);
        windows.ask(2990, 2999);
        await rest();
        expect(windows.row(2999)).toBe(50);
        expect(store.calls.length).toBe(6);
    });
    it('take what is there where more or less was counted', async () => {
        const store = new Store([1, 2, 3, 61, 62]);
        const more = store.over({ begin: 0, end: 120 }, 60, [{ begin: 0, count: 2 }]);
        more.ask(0, 50);
        await rest();
        expect([0, 1, 2].map((at) => more.row(at))).toEqual([3, 2, 1]);
        expect(more.count).toBe(3);
        const less = store.over({ begin: 0, end: 120 }, 60, [
            { begin: 0, count: 9 },
            { begin: 60, count: 600 },
        ]);
        less.ask(0, 50);
        await rest();
        expect(less.row(0)).toBe(62);
        less.ask(0, 50);
        await rest();
        expect(less.count).toBe(5);
    });
    it('keep no more rows than they may', async () => {
        const times = Array.from({ length: 150_000 }, (_, at) => at);
        const windows = new Store(times).over({ begin: 0, end: 150_000 }, 2000);
        for (let first = 0; first < 150_000; first += 500) {
            windows.ask(first, first + 499);
            await rest();
        }
        const kept = times.filter((_, at) => windows.row(at) !== undefined).length;
        expect(kept).toBeGreaterThan(50_000);
        expect(kept).toBeLessThanOrEqual(60_000);
        expect(windows.row(149_999)).toBe(0);
        expect(windows.row(0)).toBeUndefined();
    });
    it('tell a failure, and try again when asked again', async () => {
        const store = new Store([1, 2]);
        const windows = store.over({ begin: 0, end: 60 }, 60);
        const page = store.page.bind(store);
        store.page = async () => {
            throw new Error('gone');
        };
        windows.ask(0, 1);
        await rest();
        expect(windows.error).toEqual(new Error('gone'));
        store.page = page;
        let told = 0;
        windows.subscribe(() => told++);
        windows.ask(0, 1);
        await rest();
        expect(windows.row(1)).toBe(1);
        expect(windows.error).toBeNull();
        expect(told).toBe(1);
    });
});

/** A span of time, in seconds since 1970: the first within, the last beyond it. */
export interface Span {
    begin: number;
    end: number;
}
export interface Page<T> {
    rows: readonly T[];
    next: string | null;
}
/** Where rows come from, the latest first. */
export interface Source<T> {
    page(span: Span, cursor: string | null, signal: AbortSignal): Promise<Page<T>>;
    /** How many rows each part of the span has, in the order of time; empty parts may be left out. */
    counts(span: Span, width: number, signal: AbortSignal): Promise<readonly { begin: number; count: number }[]>;
}

/** A part of the whole, whose place is known by the counts before its rows are. */
interface Slot<T> extends Span {
    count: number;
    rows: T[];
    next: string | null;
    /** All its rows are there. */
    whole: boolean;
}

/** Parts are made as large as a page, that few calls fill a screen. */
const slotRows = 500;
/** Larger ones are divided before their end is looked at, as pages can be reached one after the other only. */
const divideFrom = 4 * slotRows;
const divisions = 100;
/** Rows that are kept; beyond it those that are farthest from what is in sight go. */
const keptRows = 60_000;

/** Parts of about a page each, the latest first. */
export function slotsOf<T>(span: Span, width: number, counts: readonly { begin: number; count: number }[]): Slot<T>[] {
    const slots: Slot<T>[] = [];
    let end = span.end;
    let count = 0;
    let begin = span.end;
    const close = () => {
        if (count > 0) slots.push({ begin, end, count, rows: [], next: null, whole: false });
        end = begin;
        count = 0;
    };
    for (const bar of [...counts].reverse()) {
        if (bar.count === 0) continue;
        if (count > 0 && count + bar.count > slotRows) close();
        count += bar.count;
        begin = Math.max(span.begin, Math.min(bar.begin, end));
        // What lies between two bars belongs to neither.
        if (count === bar.count) end = Math.min(end, bar.begin + width);
    }
    close();
    return slots;
}

/** Rows of a search that can be looked at anywhere, though the server gives them page by page: counts by time say where each lies. */
export class Windows<T> {
    private slots: Slot<T>[];
    /** Of each slot, how many rows lie before it. */
    private starts: number[] = [];
    private total = 0;
    private wanted: [number, number] | null = null;
    private running = false;
    private readonly stop = new AbortController();
    private readonly listeners = new Set<() => void>();
    /** Changes whenever there are other rows, or there was a failure. */
    version = 0;
    /** Why the rows that were asked for last are not there. */
    error: unknown = null;

    constructor(
        private readonly source: Source<T>,
        span: Span,
        width: number,
        counts: readonly { begin: number; count: number }[],
    ) {
        this.slots = slotsOf(span, width, counts);
        this.measure();
    }

    readonly subscribe = (listener: () => void): (() => void) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
    };

    private tell(): void {
        this.version++;
        for (const listener of this.listeners) listener();
    }

    get count(): number {
        return this.total;
    }

    row(index: number): T | undefined {
        const at = this.slotOf(index);
        return at < 0 ? undefined : this.slots[at]!.rows[index - this.starts[at]!];
    }

    indexOf(is: (row: T) => boolean): number {
        for (const [at, slot] of this.slots.entries()) {
            const found = slot.rows.findIndex(is);
            if (found >= 0) return this.starts[at]! + found;
        }
        return -1;
    }

    /** Gets the rows of a range; who subscribes is told when they are there. What was asked before and is on no screen is let go. */
    ask(first: number, last: number): void {
        this.wanted = [Math.max(0, first), Math.min(last, this.total - 1)];
        this.pump();
    }

    close(): void {
        this.stop.abort();
    }

    private async pump(): Promise<void> {
        if (this.running) return;
        this.running = true;
        try {
            for (let at = this.missing(); at >= 0 && !this.stop.signal.aborted; at = this.missing()) {
                await this.get(this.slots[at]!);
                this.letGo();
                this.measure();
                this.error = null;
                this.tell();
            }
        } catch (error) {
            if (!this.stop.signal.aborted) {
                this.error = error;
                this.tell();
            }
        } finally {
            this.running = false;
        }
    }

    /** The first slot that lacks rows of what is wanted. */
    private missing(): number {
        if (!this.wanted) return -1;
        const [first, last] = this.wanted;
        return this.slots.findIndex((slot, at) => {
            const start = this.starts[at]!;
            if (slot.whole || start > last || start + slot.count <= first) return false;
            return slot.rows.length < Math.min(last + 1 - start, slot.count) || slot.rows.length === 0;
        });
    }

    private async get(slot: Slot<T>): Promise<void> {
        const { signal } = this.stop;
        const width = Math.ceil((slot.end - slot.begin) / divisions);
        if (slot.count > divideFrom && slot.rows.length === 0 && slot.end - slot.begin > 1) {
            const parts = slotsOf<T>(slot, width, await this.source.counts(slot, width, signal));
            this.slots.splice(this.slots.indexOf(slot), 1, ...parts);
            return;
        }
        const page = await this.source.page(slot, slot.next, signal);
        slot.rows.push(...page.rows);
        slot.next = page.next;
        slot.whole = page.next === null;
        // More came in, or less was there, than was counted.
        slot.count = slot.whole ? slot.rows.length : Math.max(slot.count, slot.rows.length);
    }

    private letGo(): void {
        let kept = this.slots.reduce((sum, { rows }) => sum + rows.length, 0);
        if (kept <= keptRows || !this.wanted) return;
        const middle = (this.wanted[0] + this.wanted[1]) / 2;
        const far = this.slots
            .map((slot, at) => ({ slot, distance: Math.abs(this.starts[at]! + slot.count / 2 - middle) }))
            .sort((a, b) => b.distance - a.distance);
        for (const { slot } of far) {
            if (kept <= keptRows) return;
            kept -= slot.rows.length;
            slot.rows = [];
            slot.next = null;
            slot.whole = false;
        }
    }

    private measure(): void {
        this.total = 0;
        this.starts = this.slots.map(({ count }) => {
            const start = this.total;
            this.total += count;
            return start;
        });
    }

    private slotOf(index: number): number {
        let low = 0;
        let high = this.slots.length - 1;
        if (index < 0 || index >= this.total) return -1;
        while (low < high) {
            const middle = (low + high + 1) >> 1;
            if (this.starts[middle]! <= index) low = middle;
            else high = middle - 1;
        }
        return low;
    }
}

import { type RefObject, useRef } from 'react';
import { useKeys } from '~/app/keys';
import type { GridHandle } from '~/ui/VGrid';
import type { Event } from './search';

interface Props {
    count: number;
    row: (index: number) => Event | undefined;
    indexOf: (id: string) => number;
    open: string | null;
    onOpen: (id: string) => void;
    grid: RefObject<GridHandle | null>;
}

/** The row that has the focus of the page, or -1. */
function focused(): number {
    const index = document.activeElement?.closest('.vg-grid-row')?.getAttribute('data-index');
    return index === null || index === undefined ? -1 : Number(index);
}

/** The keys that go from row to row. While an event is open, each row that is come to opens; else Enter opens it. */
export function useSteps({ count, row, indexOf, open, onOpen, grid }: Props): { at: (index: number) => void } {
    const place = useRef(-1);
    const step = (by: number) => {
        if (count === 0) return;
        const known = open === null ? focused() : indexOf(open);
        const from = known >= 0 ? known : place.current;
        const to = from < 0 ? 0 : Math.max(0, Math.min(count - 1, from + by));
        place.current = to;
        grid.current?.focus(to);
        const event = row(to);
        if (open !== null && event) onOpen(event.id);
    };
    useKeys([
        { id: 'events.next', keys: 'j', run: () => step(1), keyOnly: true },
        { id: 'events.previous', keys: 'k', run: () => step(-1), keyOnly: true },
    ]);
    return {
        at: (index) => {
            place.current = index;
        },
    };
}

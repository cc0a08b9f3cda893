import { type RefObject, useEffect, useRef, useState } from 'react';

/** How wide an element is, in whole steps, so that a drag does not draw it anew at each pixel. Null until it stands. */
export function useRoom(step = 40): [RefObject<HTMLDivElement | null>, number | null] {
    const element = useRef<HTMLDivElement>(null);
    const [width, setWidth] = useState<number | null>(null);
    useEffect(() => {
        if (!element.current) return;
        const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry!.contentRect.width / step) * step));
        observer.observe(element.current);
        return () => observer.disconnect();
    }, [step]);
    return [element, width];
}

/** The columns that fit: those that matter least are left out first, which are the last of `order`. */
export function fitting<T extends string>(
    wanted: readonly T[],
    needs: Readonly<Record<T, number>>,
    order: readonly T[],
    room: number | null,
): T[] {
    const shown = [...wanted];
    const sum = () => shown.reduce((all, id) => all + needs[id], 0);
    for (const id of order.toReversed()) {
        if (room === null || sum() <= room) break;
        const at = shown.indexOf(id);
        if (at >= 0) shown.splice(at, 1);
    }
    return shown;
}

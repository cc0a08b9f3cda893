import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { useText } from '~/app/intl';

export interface GridColumn<T> {
    id: string;
    header: ReactNode;
    /** Pixels; the last column takes what is left. */
    width: number;
    cell: (row: T) => ReactNode;
}
interface Props<T> {
    label: string;
    columns: readonly GridColumn<T>[];
    /** How many rows there are, or are known of so far. */
    count: number;
    /** A row, undefined while it is on its way. */
    row: (index: number) => T | undefined;
    rowKey: (row: T) => string;
    /** The rows that are in sight; ask for those that are missing. */
    onRange?: (first: number, last: number) => void;
    selected?: string | null;
    onSelect?: (row: T) => void;
    /** Widths as the person sets them. */
    onWidth?: (id: string, width: number) => void;
    rowHeight?: number;
    /** Any CSS height. */
    height?: string;
    empty?: ReactNode;
}

/** A grid of any number of rows, of which only those in sight are drawn. Arrow keys move the row in focus; Enter opens it. */
export function VGrid<T>(props: Props<T>) {
    const { columns, count, row, rowKey, onRange, rowHeight = 32 } = props;
    const t = useText();
    const scroller = useRef<HTMLDivElement>(null);
    const virtual = useVirtualizer({
        count,
        getScrollElement: () => scroller.current,
        estimateSize: () => rowHeight,
        overscan: 12,
    });
    const items = virtual.getVirtualItems();
    const first = items[0]?.index ?? 0;
    const last = items[items.length - 1]?.index ?? 0;
    useEffect(() => {
        if (count > 0) onRange?.(first, last);
    }, [first, last, count, onRange]);
    // biome-ignore lint/correctness/useExhaustiveDependencies: heights follow the density alone
    useEffect(() => {
        virtual.measure();
    }, [rowHeight]);

    const focusOn = (index: number) => {
        const to = Math.max(0, Math.min(count - 1, index));
        virtual.scrollToIndex(to);
        requestAnimationFrame(() =>
            scroller.current?.querySelector<HTMLElement>(`[data-index="${to}"]`)?.focus({ preventScroll: true }),
        );
    };
    const page = Math.max(1, last - first - 24);
    const keyed = (event: KeyboardEvent, index: number) => {
        const to = {
            ArrowDown: index + 1,
            ArrowUp: index - 1,
            PageDown: index + page,
            PageUp: index - page,
            Home: 0,
            End: count - 1,
        }[event.key];
        if (to !== undefined) {
            event.preventDefault();
            focusOn(to);
        } else if (event.key === 'Enter' && event.target === event.currentTarget) {
            const one = row(index);
            if (one) props.onSelect?.(one);
        }
    };
    const template = columns
        .map(({ width }, at) => (at === columns.length - 1 ? `minmax(${width}px, 1fr)` : `${width}px`))
        .join(' ');
    const whole = columns.reduce((sum, { width }) => sum + width, 0);
    return (
        <div className="vg-grid" ref={scroller} style={{ height: props.height ?? '60vh' }}>
            <div
                role="grid"
                aria-label={props.label}
                aria-rowcount={count + 1}
                aria-colcount={columns.length}
                style={{ minWidth: whole }}
            >
                <div role="row" aria-rowindex={1} className="vg-grid-head" style={{ gridTemplateColumns: template }}>
                    {columns.map((column) => (
                        <div role="columnheader" key={column.id} className="vg-grid-headcell">
                            <span>{column.header}</span>
                            {props.onWidth && (
                                <Handle
                                    width={column.width}
                                    label={t('ui.grid.resize')}
                                    onWidth={(width) => props.onWidth!(column.id, width)}
                                />
                            )}
                        </div>
                    ))}
                </div>
                {count === 0 && props.empty}
                <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
                    {items.map((item) => {
                        const one = row(item.index);
                        const chosen = one !== undefined && rowKey(one) === props.selected;
                        return (
                            <div
                                role="row"
                                key={item.key}
                                data-index={item.index}
                                aria-rowindex={item.index + 2}
                                aria-selected={chosen}
                                className="vg-grid-row"
                                tabIndex={chosen || (!props.selected && item.index === first) ? 0 : -1}
                                style={{
                                    gridTemplateColumns: template,
                                    height: rowHeight,
                                    transform: `translateY(${item.start}px)`,
                                }}
                                onKeyDown={(event) => keyed(event, item.index)}
                                onClick={() => one && props.onSelect?.(one)}
                            >
                                {columns.map((column) => (
                                    <div role="gridcell" key={column.id} className="vg-grid-cell">
                                        {one === undefined ? <span className="vg-grid-wait" /> : column.cell(one)}
                                    </div>
                                ))}
                            </div>
                        );
                    })}
                </div>
            </div>
        </div>
    );
}

const narrowest = 48;

function Handle({ width, label, onWidth }: { width: number; label: string; onWidth: (width: number) => void }) {
    return (
        <button
            type="button"
            className="vg-grid-handle"
            aria-label={label}
            onKeyDown={(event) => {
                const by = { ArrowLeft: -16, ArrowRight: 16 }[event.key];
                if (by) onWidth(Math.max(narrowest, width + by));
            }}
            onPointerDown={(event) => {
                const from = event.clientX;
                const target = event.currentTarget;
                target.setPointerCapture(event.pointerId);
                const move = (moved: PointerEvent) =>
                    onWidth(Math.max(narrowest, Math.round(width + moved.clientX - from)));
                const end = () => {
                    target.removeEventListener('pointermove', move);
                    target.removeEventListener('pointerup', end);
                };
                target.addEventListener('pointermove', move);
                target.addEventListener('pointerup', end);
            }}
        />
    );
}

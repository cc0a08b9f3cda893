import { useVirtualizer } from '@tanstack/react-virtual';
import {
    type KeyboardEvent,
    memo,
    type ReactNode,
    type Ref,
    useCallback,
    useEffect,
    useImperativeHandle,
    useLayoutEffect,
    useRef,
} from 'react';
import { useText } from '~/app/intl';

export interface GridColumn<T> {
    id: string;
    header: ReactNode;
    /** Pixels; the last column takes what is left. */
    width: number;
    cell: (row: T) => ReactNode;
}
/** What a page can do with a grid. */
export interface GridHandle {
    /** Brings a row into sight and puts the focus on it. */
    focus(index: number): void;
    /** Brings a row into sight. */
    reveal(index: number): void;
    top(): void;
}
interface Props<T> {
    label: string;
    columns: readonly GridColumn<T>[];
    /** How many rows there are, or are known of so far. */
    count: number;
    /** A row, undefined while it is on its way. Columns and rows that stay the same objects are not drawn again. */
    row: (index: number) => T | undefined;
    rowKey: (row: T) => string;
    /** The rows that are in sight; ask for those that are missing. */
    onRange?: (first: number, last: number) => void;
    selected?: string | null;
    onSelect?: (row: T, index: number) => void;
    /** Widths as the person sets them. */
    onWidth?: (id: string, width: number) => void;
    rowHeight?: number;
    /** Any CSS height. */
    height?: string;
    empty?: ReactNode;
    handle?: Ref<GridHandle>;
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
        overscan: 6,
        // The head, which stands over the rows, takes this much of the height.
        scrollPaddingEnd: 36,
    });
    const items = virtual.getVirtualItems();
    const first = items[0]?.index ?? 0;
    const { startIndex = 0, endIndex = 0 } = virtual.range ?? {};
    useEffect(() => {
        if (count > 0) onRange?.(startIndex, endIndex);
    }, [startIndex, endIndex, count, onRange]);
    // biome-ignore lint/correctness/useExhaustiveDependencies: heights follow the density alone
    useEffect(() => {
        virtual.measure();
    }, [rowHeight]);

    // A row that is far off is drawn only after the scroll to it, so it gets the focus when it stands.
    const wanted = useRef<number | null>(null);
    const focusWanted = () => {
        if (wanted.current === null) return;
        if (wanted.current >= count) {
            wanted.current = null;
            return;
        }
        const found = scroller.current?.querySelector<HTMLElement>(`[data-index="${wanted.current}"]`);
        if (!found) return;
        wanted.current = null;
        found.focus({ preventScroll: true });
    };
    useLayoutEffect(focusWanted);
    const focusOn = (index: number) => {
        const to = Math.max(0, Math.min(count - 1, index));
        wanted.current = to;
        virtual.scrollToIndex(to);
        focusWanted();
    };
    useImperativeHandle(props.handle, () => ({
        focus: focusOn,
        reveal: (index) => virtual.scrollToIndex(index),
        top: () => virtual.scrollToOffset(0),
    }));
    const keyed = (event: KeyboardEvent, index: number, one: T | undefined) => {
        const page = Math.max(1, endIndex - startIndex - 1);
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
        } else if (event.key === 'Enter' && event.target === event.currentTarget && one) props.onSelect?.(one, index);
    };
    // Rows call the latest of these without being drawn again when they change.
    const latest = useRef({ keyed, onSelect: props.onSelect });
    useLayoutEffect(() => {
        latest.current = { keyed, onSelect: props.onSelect };
    });
    const onKey = useCallback(
        (event: KeyboardEvent, index: number, one: unknown) => latest.current.keyed(event, index, one as T | undefined),
        [],
    );
    const onClick = useCallback((one: unknown, index: number) => latest.current.onSelect?.(one as T, index), []);
    const template = columns
        .map(({ width }, at) => (at === columns.length - 1 ? `minmax(${width}px, 1fr)` : `${width}px`))
        .join(' ');
    const isChosen = (one: T | undefined) => one !== undefined && rowKey(one) === props.selected;
    const chosenInSight = items.some(({ index }) => isChosen(row(index)));
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
                {count > 0 && (
                    <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
                        {items.map((item) => {
                            const one = row(item.index);
                            const chosen = isChosen(one);
                            return (
                                <Row
                                    key={item.key}
                                    index={item.index}
                                    start={item.start}
                                    row={one}
                                    columns={columns as readonly GridColumn<unknown>[]}
                                    template={template}
                                    height={rowHeight}
                                    chosen={chosen}
                                    reachable={chosen || (!chosenInSight && item.index === first)}
                                    onKey={onKey}
                                    onClick={onClick}
                                />
                            );
                        })}
                    </div>
                )}
            </div>
            {count === 0 && <div className="vg-grid-empty">{props.empty}</div>}
        </div>
    );
}

interface RowProps {
    index: number;
    start: number;
    row: unknown;
    columns: readonly GridColumn<unknown>[];
    template: string;
    height: number;
    chosen: boolean;
    /** By the Tab key: one row of the grid is. */
    reachable: boolean;
    onKey: (event: KeyboardEvent, index: number, row: unknown) => void;
    onClick: (row: unknown, index: number) => void;
}

/** While one scrolls, only rows that come into sight are drawn. */
const Row = memo(function Row({
    index,
    start,
    row,
    columns,
    template,
    height,
    chosen,
    reachable,
    onKey,
    onClick,
}: RowProps) {
    return (
        <div
            role="row"
            data-index={index}
            aria-rowindex={index + 2}
            aria-selected={chosen}
            className="vg-grid-row"
            tabIndex={reachable ? 0 : -1}
            style={{ gridTemplateColumns: template, height, transform: `translateY(${start}px)` }}
            onKeyDown={(event) => onKey(event, index, row)}
            onClick={() => row !== undefined && onClick(row, index)}
        >
            {columns.map((column) => (
                <div role="gridcell" key={column.id} className="vg-grid-cell">
                    {row === undefined ? <span className="vg-grid-wait" /> : column.cell(row)}
                </div>
            ))}
        </div>
    );
});

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

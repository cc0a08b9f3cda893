import { useCallback, useEffect, useRef, useState } from 'react';
import { useText } from '~/app/intl';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { ColumnsMenu } from './ColumnsModal';
import { EventsGrid } from './EventsGrid';
import { LiveBar } from './LiveBar';
import type { View } from './Results';
import { useSteps } from './useSteps';
import { useTail } from './useTail';

interface Props extends View {
    filter: string;
    fields: string;
}

/** New events as they come. Rows are held while somebody points at them, works in them or has scrolled down; what comes waits. */
export function Tailing({ filter, fields, columns, onColumns, open, onOpen, onFilter, grid }: Props) {
    const t = useText();
    const [paused, setPaused] = useState(false);
    const [inUse, setInUse] = useState(false);
    const [scrolled, setScrolled] = useState(false);
    const area = useRef<HTMLDivElement>(null);
    const tail = useTail(true, paused || inUse || scrolled, filter, fields);
    const { rows } = tail;
    const row = useCallback((index: number) => rows[index], [rows]);
    const indexOf = useCallback((id: string) => rows.findIndex((one) => one.id === id), [rows]);
    useEffect(() => {
        const scroller = area.current?.querySelector('.vg-grid');
        const look = () => setScrolled((scroller?.scrollTop ?? 0) > 0);
        scroller?.addEventListener('scroll', look, { passive: true });
        return () => scroller?.removeEventListener('scroll', look);
    }, []);
    useSteps({ count: rows.length, row, indexOf, open, onOpen, grid });
    const show = () => {
        setPaused(false);
        (document.activeElement as HTMLElement | null)?.blur();
        grid.current?.top();
    };
    return (
        <div>
            {tail.error ? <ErrorBox error={tail.error} /> : null}
            <div className="vg-events-tools">
                <LiveBar tail={tail} paused={paused} onPause={setPaused} onShow={show} />
                <ColumnsMenu columns={columns} onChange={onColumns} />
            </div>
            <div
                ref={area}
                onPointerEnter={() => setInUse(true)}
                onPointerLeave={() => setInUse(area.current?.contains(document.activeElement) ?? false)}
                onFocus={() => setInUse(true)}
                onBlur={() => setInUse(area.current?.matches(':hover') ?? false)}
            >
                <EventsGrid
                    handle={grid}
                    columns={columns}
                    count={rows.length}
                    row={row}
                    selected={open}
                    onSelect={(event) => onOpen(event.id)}
                    onFilter={onFilter}
                    height="max(360px, calc(100vh - 270px))"
                    empty={<Empty title={t('events.none.live')} text={t('events.none.live.text')} />}
                />
            </div>
        </div>
    );
}

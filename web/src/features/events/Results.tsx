import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import { type RefObject, useCallback, useState, useSyncExternalStore } from 'react';
import { useText } from '~/app/intl';
import { usePagePreference } from '~/app/preferences';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { Loading } from '~/ui/Loading';
import type { GridHandle } from '~/ui/VGrid';
import type { Narrow } from './Cells';
import { ColumnsMenu } from './ColumnsModal';
import { EventsGrid } from './EventsGrid';
import { NoEvents } from './NoEvents';
import { type Found, useRows } from './useRows';
import { useSteps } from './useSteps';

/** What a search and a tail show alike. */
export interface View {
    columns: readonly string[];
    onColumns: (columns: readonly string[]) => void;
    open: string | null;
    onOpen: (id: string | null) => void;
    onFilter: Narrow;
    grid: RefObject<GridHandle | null>;
}
interface Props extends View {
    found: Found;
    filter: string;
    /** How many there are; undefined while they are counted. */
    counted: number | undefined;
    /** Events that came since. */
    newer: number;
    onAgain: () => void;
    onWiden: () => void;
    onClear: () => void;
    /** Shows the values; left out where they are shown, or there is no room. */
    onFacets?: () => void;
}

/** The rows of a search, all of which can be scrolled to. */
export function Results({ found, columns, open, onOpen, grid, ...rest }: Props) {
    const t = useText();
    const [sight] = useState(() => new Sight());
    const [histogramShown] = usePagePreference('events.histogram.shown', true);
    const { ask, count, row, indexOf, cut, error } = useRows(found);
    const onRange = useCallback(
        (first: number, last: number) => {
            sight.set(first, last);
            ask(first, last);
        },
        [ask, sight],
    );
    const step = useSteps({ count, row, indexOf, open, onOpen, grid });
    if (found.waiting) return <Loading rows={12} />;
    return (
        <div>
            <div className="vg-events-tools">
                {rest.onFacets && (
                    <Button variant="inline-link" onClick={rest.onFacets}>
                        {t('events.facets.show')}
                    </Button>
                )}
                <Box color="text-body-secondary" fontSize="body-s">
                    {count > 0 && <InSight sight={sight} count={count} counted={rest.counted} />}
                    {cut && ` (${t('events.cut')})`}
                </Box>
                {rest.newer > 0 && (
                    <Button iconName="refresh" onClick={rest.onAgain}>
                        {t('events.newer', { count: rest.newer })}
                    </Button>
                )}
                <ColumnsMenu columns={columns} onChange={rest.onColumns} />
            </div>
            {error ? <ErrorBox error={error} retry={() => ask(...sight.range)} /> : null}
            <EventsGrid
                handle={grid}
                columns={columns}
                count={count}
                row={row}
                onRange={onRange}
                selected={open}
                onSelect={(event, index) => {
                    step.at(index);
                    onOpen(event.id);
                }}
                onFilter={rest.onFilter}
                height={`max(360px, calc(100vh - ${histogramShown ? 440 : 290}px))`}
                empty={<Why {...rest} found={found} />}
            />
        </div>
    );
}

/** Which rows are in sight. It changes with each frame while one scrolls, so only what shows it is drawn then. */
class Sight {
    range: readonly [number, number] = [0, 0];
    private readonly listeners = new Set<() => void>();
    set(first: number, last: number): void {
        this.range = [first, last];
        for (const listener of this.listeners) listener();
    }
    readonly subscribe = (listener: () => void): (() => void) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
    };
}

function InSight({ sight, count, counted }: { sight: Sight; count: number; counted: number | undefined }) {
    const t = useText();
    const [begin, end] = useSyncExternalStore(sight.subscribe, () => sight.range);
    const last = Math.min(end + 1, count);
    const place = { first: Math.min(begin + 1, last), last, count: counted ?? count };
    return <>{t(counted === undefined ? 'events.shown.counting' : 'events.shown', place)}</>;
}

/** Why there is no row. */
function Why({
    found,
    filter,
    onAgain,
    onWiden,
    onClear,
}: Pick<Props, 'found' | 'filter' | 'onAgain' | 'onWiden' | 'onClear'>) {
    const t = useText();
    if (found.cancelled)
        return (
            <Empty
                title={t('events.cancelled')}
                text={t('events.cancelled.text')}
                action={<Button onClick={onAgain}>{t('events.search')}</Button>}
            />
        );
    if (found.error) return <Empty title={t('events.failed')} />;
    return <NoEvents filter={filter} onWiden={onWiden} onClear={onClear} />;
}

import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import { type RefObject, useCallback, useState } from 'react';
import { ApiError } from '~/api/client';
import { useText } from '~/app/intl';
import { usePagePreference } from '~/app/preferences';
import { Empty } from '~/ui/Empty';
import { Loading } from '~/ui/Loading';
import type { GridHandle } from '~/ui/VGrid';
import type { Narrow } from './Cells';
import { ColumnsMenu } from './ColumnsModal';
import { EventsGrid } from './EventsGrid';
import { NoEvents } from './NoEvents';
import type { useRows } from './useRows';
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
    found: ReturnType<typeof useRows>;
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
    const [sight, setSight] = useState<[number, number]>([0, 0]);
    const [histogramShown] = usePagePreference('events.histogram.shown', true);
    const { ask, count, row, indexOf } = found;
    const onRange = useCallback(
        (first: number, last: number) => {
            setSight([first, last]);
            ask(first, last);
        },
        [ask],
    );
    const step = useSteps({ count, row, indexOf, open, onOpen, grid });
    if (found.waiting) return <Loading rows={12} />;
    const last = Math.min(sight[1] + 1, count);
    const place = { first: Math.min(sight[0] + 1, last), last, count: rest.counted ?? count };
    return (
        <div>
            <div className="vg-events-tools">
                {rest.onFacets && (
                    <Button variant="inline-link" onClick={rest.onFacets}>
                        {t('events.facets.show')}
                    </Button>
                )}
                <Box color="text-body-secondary" fontSize="body-s">
                    {count > 0 && t(rest.counted === undefined ? 'events.shown.counting' : 'events.shown', place)}
                    {found.cut && ` (${t('events.cut')})`}
                </Box>
                {rest.newer > 0 && (
                    <Button iconName="refresh" onClick={rest.onAgain}>
                        {t('events.newer', { count: rest.newer })}
                    </Button>
                )}
                <ColumnsMenu columns={columns} onChange={rest.onColumns} />
            </div>
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
    if (found.error instanceof ApiError && found.error.code === 'bad_filter')
        return <Empty title={t('events.none')} text={t('events.none.bad')} />;
    if (found.error) return <Empty title={t('events.none')} />;
    return <NoEvents filter={filter} onWiden={onWiden} onClear={onClear} />;
}

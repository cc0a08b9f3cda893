import { type ReactNode, type Ref, useMemo } from 'react';
import { useIntl } from 'react-intl';
import { useText } from '~/app/intl';
import { usePagePreference } from '~/app/preferences';
import { type GridColumn, type GridHandle, VGrid } from '~/ui/VGrid';
import { When } from '~/ui/When';
import { Cell, type Narrow } from './Cells';
import type { Event } from './search';
import { whatColumn } from './what';

interface Props {
    columns: readonly string[];
    count: number;
    row: (index: number) => Event | undefined;
    onRange?: (first: number, last: number) => void;
    selected: string | null;
    onSelect: (event: Event, index: number) => void;
    onFilter: Narrow;
    height: string;
    empty: ReactNode;
    handle: Ref<GridHandle>;
}

/** Months are written shorter in some languages than in others. */
const timeWidth = (locale: string) => (locale.startsWith('en') ? 140 : 172);
const widthsOf: Record<string, number> = {
    [whatColumn]: 270,
    event_type: 100,
    region: 110,
    accountId: 120,
    ip: 130,
    hostname: 200,
};
const otherWidth = 150;

const keyOf = ({ id }: Event) => id;

/** The events of a search or a tail, with the columns that were chosen. */
export function EventsGrid({ columns, onFilter, ...rest }: Props) {
    const t = useText();
    const [widths, setWidths] = usePagePreference<Record<string, number>>('events.widths', {});
    const { locale } = useIntl();
    const what = t('events.what');
    const time = t('ui.time');
    const all = useMemo<GridColumn<Event>[]>(
        () => [
            {
                id: 'time',
                header: time,
                width: widths.time ?? timeWidth(locale),
                cell: (event) => <When time={event.time} as="moment" />,
            },
            ...columns.map((column) => ({
                id: column,
                header: column === whatColumn ? what : column,
                width: widths[column] ?? widthsOf[column] ?? otherWidth,
                cell: (event: Event) => <Cell event={event} column={column} onFilter={onFilter} />,
            })),
        ],
        [columns, widths, what, time, locale, onFilter],
    );
    return (
        <VGrid
            label={t('events.title')}
            columns={all}
            rowKey={keyOf}
            onWidth={(id, width) => setWidths({ ...widths, [id]: width })}
            {...rest}
        />
    );
}

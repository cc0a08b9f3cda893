import Icon from '@cloudscape-design/components/icon';
import { useState } from 'react';
import { useText } from '~/app/intl';
import { cellText, type Event } from './search';
import { whatColumn, whatOf } from './what';

export type Narrow = (field: string, value: unknown, exclude: boolean) => void;

/** What a cell says, and the one value, if it is one, that it can narrow the search by. */
function contents(event: Event, column: string): { text: string; field: string | null; value: string } {
    if (column === whatColumn) return whatOf(event);
    const text = cellText(event, column);
    const several = Array.isArray(event.fields?.[column]);
    return { text, field: text && !several ? column : null, value: text };
}

/** A value of the grid. Where one points at it, it offers to narrow the search; by keyboard the event's panel does. */
export function Cell({ event, column, onFilter }: { event: Event; column: string; onFilter: Narrow }) {
    const [pointed, setPointed] = useState(false);
    const { text, field, value } = contents(event, column);
    return (
        <span
            className="vg-cell"
            title={text}
            onPointerEnter={() => setPointed(true)}
            onPointerLeave={() => setPointed(false)}
        >
            {text}
            {pointed && field !== null && <CellActions field={field} value={value} onFilter={onFilter} />}
        </span>
    );
}

function CellActions({ field, value, onFilter }: { field: string; value: string; onFilter: Narrow }) {
    const t = useText();
    const button = (exclude: boolean) => (
        <button
            type="button"
            tabIndex={-1}
            title={t(exclude ? 'ui.facets.without' : 'ui.facets.only', { field, value })}
            onClick={(click) => {
                click.stopPropagation();
                onFilter(field, value, exclude);
            }}
        >
            <Icon name={exclude ? 'zoom-out' : 'zoom-in'} size="small" />
            <span className="vg-hidden">{t(exclude ? 'ui.facets.without' : 'ui.facets.only', { field, value })}</span>
        </button>
    );
    return (
        <span className="vg-cell-actions">
            {button(false)}
            {button(true)}
        </span>
    );
}

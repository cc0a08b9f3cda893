import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { Fragment, type ReactNode, useState } from 'react';
import { useNavigate } from 'react-router';
import type { Schemas } from '~/api/client';
import { useText } from '~/app/intl';
import { link } from '~/app/url';
import { conditionOf, isPath, pathText } from '~/filter';
import { CopyAs, useCopy } from './Copy';
import { Follow } from './Follow';
import { Json, type Path } from './Json';
import { When } from './When';

interface Props {
    /** With its record. */
    event: Schemas['Event'];
    /** Narrows the view that the event stands in; without it the buttons lead to a new search. */
    onFilter?: (field: string, value: unknown, exclude: boolean) => void;
    /** The columns of the grid beside it, and the way to add or drop one. */
    columns?: readonly string[];
    onColumn?: (field: string) => void;
    /** The page is the event's own, and has the ways from it. */
    alone?: boolean;
}

interface Leaf {
    path: Path;
    value: unknown;
}

/** The values of a record with their paths, in its order. */
export function leaves(value: unknown, path: Path = []): Leaf[] {
    if (value === null || typeof value !== 'object') return [{ path, value }];
    const entries: [string | number, unknown][] = Array.isArray(value)
        ? value.map((one, at) => [at, one])
        : Object.entries(value);
    return entries.flatMap(([key, one]) => leaves(one, [...path, key]));
}

/** Those of which the path or the value has the text, in any case. */
export function found(all: readonly Leaf[], text: string): Leaf[] {
    const wanted = text.trim().toLowerCase();
    return all.filter(({ path, value }) => `${path.join('.')}\n${String(value)}`.toLowerCase().includes(wanted));
}

/** One event: its values as a table, and as it came. Each value can narrow the search, be copied, and be looked into. */
export function EventDetails({ event, onFilter, columns, onColumn, alone }: Props) {
    const t = useText();
    const navigate = useNavigate();
    const [wanted, setWanted] = useState('');
    const narrow = (path: Path, value: unknown, exclude: boolean) => {
        const field = pathText(path);
        if (onFilter) onFilter(field, value, exclude);
        else navigate(link('/events', { filter: conditionOf(field, value, exclude) }));
    };
    const actions = (path: Path, value: unknown) =>
        isPath(path) && (
            <LeafActions
                field={pathText(path)}
                value={value}
                onNarrow={(exclude) => narrow(path, value, exclude)}
                shown={columns?.includes(pathText(path))}
                onColumn={onColumn}
            />
        );
    return (
        <SpaceBetween size="s">
            <Box color="text-body-secondary">
                {event.type} · <When time={event.time} as="absolute" />
            </Box>
            <SpaceBetween direction="horizontal" size="s" alignItems="center">
                {!alone && <Follow to={link('/investigate', { event: event.id })}>{t('ui.event.investigate')}</Follow>}
                {!alone && <Follow to={`/events/${encodeURIComponent(event.id)}`}>{t('ui.event.page')}</Follow>}
                <CopyAs call={{ path: `/api/v1/events/${encodeURIComponent(event.id)}` }} json={event.record} />
            </SpaceBetween>
            <Tabs
                tabs={[
                    {
                        id: 'fields',
                        label: t('ui.event.fields'),
                        content: (
                            <SpaceBetween size="xs">
                                <Input
                                    type="search"
                                    value={wanted}
                                    onChange={({ detail }) => setWanted(detail.value)}
                                    placeholder={t('ui.event.find')}
                                    ariaLabel={t('ui.event.find')}
                                />
                                <Leaves all={found(leaves(event.record ?? {}), wanted)} actions={actions} />
                            </SpaceBetween>
                        ),
                    },
                    {
                        id: 'json',
                        label: 'JSON',
                        content: <Json value={event.record ?? {}} actions={actions} open={4} />,
                    },
                ]}
            />
        </SpaceBetween>
    );
}

/** A path, which may go on in the next line after a dot. */
const brokenAtDots = (path: Path) =>
    path.map((part, at) => (
        <Fragment key={path.slice(0, at + 1).join('\0')}>
            {at > 0 && (
                <>
                    .<wbr />
                </>
            )}
            {part}
        </Fragment>
    ));

function Leaves({ all, actions }: { all: readonly Leaf[]; actions: (path: Path, value: unknown) => ReactNode }) {
    const t = useText();
    if (all.length === 0) return <Box color="text-body-secondary">{t('ui.event.find.none')}</Box>;
    return (
        <table className="vg-leaves">
            <thead className="vg-hidden">
                <tr>
                    <th>{t('ui.event.field')}</th>
                    <th>{t('ui.event.value')}</th>
                </tr>
            </thead>
            <tbody>
                {all.map(({ path, value }) => (
                    <tr key={path.join('\0')}>
                        <td>{brokenAtDots(path)}</td>
                        <td className={value === null ? 'vg-json-null' : undefined}>
                            {String(value)}
                            <div className="vg-leaves-actions">{actions(path, value)}</div>
                        </td>
                    </tr>
                ))}
            </tbody>
        </table>
    );
}

interface ActionProps {
    field: string;
    value: unknown;
    onNarrow: (exclude: boolean) => void;
    shown?: boolean;
    onColumn?: (field: string) => void;
}

function LeafActions({ field, value, onNarrow, shown, onColumn }: ActionProps) {
    const t = useText();
    const copy = useCopy();
    const navigate = useNavigate();
    return (
        <SpaceBetween direction="horizontal" size="xxs">
            <Button
                variant="inline-icon"
                iconName="zoom-in"
                ariaLabel={t('ui.event.only', { field })}
                onClick={() => onNarrow(false)}
            />
            <Button
                variant="inline-icon"
                iconName="zoom-out"
                ariaLabel={t('ui.event.without', { field })}
                onClick={() => onNarrow(true)}
            />
            {onColumn && (
                <Button
                    variant="inline-icon"
                    iconName={shown ? 'view-full' : 'view-vertical'}
                    ariaLabel={t(shown ? 'ui.event.column.drop' : 'ui.event.column', { field })}
                    onClick={() => onColumn(field)}
                />
            )}
            <Button
                variant="inline-icon"
                iconName="copy"
                ariaLabel={t('ui.event.copy', { field })}
                onClick={() => copy(String(value))}
            />
            {value !== null && value !== '' && (
                <Button
                    variant="inline-icon"
                    iconName="share"
                    ariaLabel={t('ui.event.pivot', { field })}
                    onClick={() => navigate(link('/investigate', { field, value: String(value) }))}
                />
            )}
        </SpaceBetween>
    );
}

import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { useNavigate } from 'react-router';
import type { Schemas } from '~/api/client';
import { useFlash } from '~/app/flash';
import { useText } from '~/app/intl';
import { link } from '~/app/url';
import { isPath, pathText } from '~/filter';
import { CopyAs } from './Copy';
import { Follow } from './Follow';
import { Json, type Path } from './Json';
import { When } from './When';

interface Props {
    event: Schemas['Event'];
    /** Narrows the view that the event stands in; without it the buttons lead to a new search. */
    onFilter?: (field: string, value: unknown, exclude: boolean) => void;
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

/** One event: its values as a table, and as it came. Each value can narrow the search, be copied, and be looked into. */
export function EventDetails({ event, onFilter }: Props) {
    const t = useText();
    const flash = useFlash();
    const navigate = useNavigate();
    const narrow = (path: Path, value: unknown, exclude: boolean) => {
        const field = pathText(path);
        if (onFilter) onFilter(field, value, exclude);
        else navigate(link('/events', { filter: `${field} ${exclude ? '!=' : '='} ${JSON.stringify(value)}` }));
    };
    const actions = (path: Path, value: unknown) =>
        isPath(path) && (
            <SpaceBetween direction="horizontal" size="xxs">
                <Button
                    variant="inline-icon"
                    iconName="zoom-in"
                    ariaLabel={t('ui.event.only', { field: pathText(path) })}
                    onClick={() => narrow(path, value, false)}
                />
                <Button
                    variant="inline-icon"
                    iconName="zoom-out"
                    ariaLabel={t('ui.event.without', { field: pathText(path) })}
                    onClick={() => narrow(path, value, true)}
                />
                <Button
                    variant="inline-icon"
                    iconName="copy"
                    ariaLabel={t('ui.event.copy', { field: pathText(path) })}
                    onClick={() =>
                        navigator.clipboard
                            .writeText(String(value))
                            .then(() => flash.push({ id: 'copied', type: 'success', content: t('ui.copied') }))
                    }
                />
                <Button
                    variant="inline-icon"
                    iconName="share"
                    ariaLabel={t('ui.event.pivot', { field: pathText(path) })}
                    onClick={() => navigate(link('/investigate', { field: pathText(path), value: String(value) }))}
                />
            </SpaceBetween>
        );
    return (
        <SpaceBetween size="s">
            <SpaceBetween direction="horizontal" size="s" alignItems="center">
                <Box color="text-body-secondary">
                    {event.type} · <When time={event.time} as="absolute" />
                </Box>
                <Follow to={link('/investigate', { event: event.id })}>{t('ui.event.investigate')}</Follow>
                <Follow to={`/events/${encodeURIComponent(event.id)}`}>{t('ui.event.page')}</Follow>
                <CopyAs call={{ path: `/api/v1/events/${encodeURIComponent(event.id)}` }} json={event.record} />
            </SpaceBetween>
            <Tabs
                tabs={[
                    {
                        id: 'fields',
                        label: t('ui.event.fields'),
                        content: (
                            <table className="vg-leaves">
                                <thead className="vg-hidden">
                                    <tr>
                                        <th>{t('ui.event.field')}</th>
                                        <th>{t('ui.event.value')}</th>
                                        <th>{t('ui.event.actions')}</th>
                                    </tr>
                                </thead>
                                <tbody>
                                    {leaves(event.record ?? {}).map(({ path, value }) => (
                                        <tr key={path.join('\0')}>
                                            <td>{path.join('.')}</td>
                                            <td className={value === null ? 'vg-json-null' : undefined}>
                                                {String(value)}
                                            </td>
                                            <td>{actions(path, value)}</td>
                                        </tr>
                                    ))}
                                </tbody>
                            </table>
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

import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import CollectionPreferences from '@cloudscape-design/components/collection-preferences';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { fieldsQuery } from '~/api/queries';
import { useText } from '~/app/intl';
import { Code } from '~/ui/Code';
import { whatColumn } from './what';

const none: readonly string[] = [];

/** The columns of the grid: which, and in which order. Any path of events can be one. */
export function ColumnsMenu({
    columns,
    onChange,
}: {
    columns: readonly string[];
    onChange: (columns: string[]) => void;
}) {
    const t = useText();
    const fields = useQuery(fieldsQuery());
    const known = [whatColumn, ...(fields.data?.columns.map(({ field }) => field) ?? [])];
    const all = [...columns, ...known.filter((field) => !columns.includes(field))];
    const label = (id: string) => (id === whatColumn ? t('events.what') : id);
    return (
        <CollectionPreferences
            title={t('events.columns')}
            confirmLabel={t('ui.confirm')}
            cancelLabel={t('ui.cancel')}
            preferences={{ contentDisplay: all.map((id) => ({ id, visible: columns.includes(id) })), custom: none }}
            contentDisplayPreference={{
                title: t('events.columns.which'),
                options: all.map((id) => ({ id, label: label(id) })),
                enableColumnFiltering: true,
            }}
            customPreference={(paths: readonly string[], setPaths) => <Others paths={paths} onChange={setPaths} />}
            onConfirm={({ detail }) =>
                onChange([
                    ...new Set([
                        ...(detail.contentDisplay ?? []).filter(({ visible }) => visible).map(({ id }) => id),
                        ...((detail.custom ?? none) as readonly string[]),
                    ]),
                ])
            }
        />
    );
}

/** Paths that no list names. They become columns with the rest of what was chosen. */
function Others({ paths, onChange }: { paths: readonly string[]; onChange: (paths: readonly string[]) => void }) {
    const t = useText();
    const [more, setMore] = useState('');
    const add = () => {
        if (more.trim()) onChange([...new Set([...paths, more.trim()])]);
        setMore('');
    };
    return (
        <SpaceBetween size="xxs">
            <Box>{t('events.columns.other')}</Box>
            <div className="vg-row">
                <Input
                    value={more}
                    onChange={({ detail }) => setMore(detail.value)}
                    onKeyDown={({ detail }) => {
                        if (detail.key === 'Enter') add();
                    }}
                    ariaLabel={t('events.columns.other')}
                    placeholder="requestParameters.bucketName"
                />
                <Button onClick={add}>{t('events.columns.add')}</Button>
            </div>
            {paths.map((path) => (
                <Code key={path}>{path}</Code>
            ))}
        </SpaceBetween>
    );
}

import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import CollectionPreferences from '@cloudscape-design/components/collection-preferences';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, body } from '~/api/client';
import { useText } from '~/app/intl';

/** The columns of the grid: which, and in which order. Any path of events can be one. */
export function ColumnsMenu({
    columns,
    onChange,
}: {
    columns: readonly string[];
    onChange: (columns: string[]) => void;
}) {
    const t = useText();
    const [more, setMore] = useState('');
    const fields = useQuery({
        queryKey: ['fields'],
        queryFn: () => body(api.GET('/api/v1/fields')),
        staleTime: Number.POSITIVE_INFINITY,
    });
    const known = fields.data?.columns.map(({ field }) => field) ?? [];
    const all = [...columns, ...known.filter((field) => !columns.includes(field))];
    const add = () => {
        const field = more.trim();
        if (field && !columns.includes(field)) onChange([...columns, field]);
        setMore('');
    };
    return (
        <CollectionPreferences
            title={t('events.columns')}
            confirmLabel={t('ui.confirm')}
            cancelLabel={t('ui.cancel')}
            preferences={{ contentDisplay: all.map((id) => ({ id, visible: columns.includes(id) })) }}
            contentDisplayPreference={{
                title: t('events.columns.which'),
                options: all.map((id) => ({ id, label: id })),
                enableColumnFiltering: true,
            }}
            customPreference={() => (
                <SpaceBetween size="xxs">
                    <Box>{t('events.columns.other')}</Box>
                    <div className="vg-row">
                        <Input
                            value={more}
                            onChange={({ detail }) => setMore(detail.value)}
                            ariaLabel={t('events.columns.other')}
                            placeholder="requestParameters.bucketName"
                        />
                        <Button onClick={add}>{t('events.columns.add')}</Button>
                    </div>
                </SpaceBetween>
            )}
            onConfirm={({ detail }) =>
                onChange((detail.contentDisplay ?? []).filter(({ visible }) => visible).map(({ id }) => id))
            }
        />
    );
}

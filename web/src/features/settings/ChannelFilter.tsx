import FormField from '@cloudscape-design/components/form-field';
import { lazy, Suspense, useMemo } from 'react';
import type { Schemas } from '~/api/client';
import { useText } from '~/app/intl';
import { Loading } from '~/ui/Loading';

const FilterField = lazy(() => import('~/ui/FilterField'));

/** Which alerts go to a channel. */
export function ChannelFilter({
    value,
    onChange,
    fields,
}: {
    value: string;
    onChange: (filter: string) => void;
    /** Those of alerts, beside those of events. */
    fields: Schemas['ChannelKinds']['alert_fields'];
}) {
    const t = useText();
    const extra = useMemo(() => fields.map(({ field, meaning }) => ({ name: field, meaning })), [fields]);
    return (
        <FormField
            label={t('settings.channel.filter')}
            description={t('settings.channel.filter.what')}
            constraintText={t('settings.channel.filter.fields', { fields: fields.map((one) => one.field).join(', ') })}
            stretch
        >
            <Suspense fallback={<Loading rows={1} />}>
                <FilterField
                    value={value}
                    onChange={onChange}
                    label={t('settings.channel.filter')}
                    placeholder={'alert.ruleset = "CloudTrail: IAM" and accountId = "111122223333"'}
                    extra={extra}
                    multiline
                />
            </Suspense>
        </FormField>
    );
}

import FormField from '@cloudscape-design/components/form-field';
import Textarea from '@cloudscape-design/components/textarea';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue } from 'react';
import { api, body, type Schemas } from '~/api/client';
import { useText } from '~/app/intl';

type Diagnostic = Schemas['Verdict']['diagnostics'][number];
export type AlertField = Schemas['ChannelKinds']['alert_fields'][number];

/** What the check says, without its doubts about fields of alerts: it speaks of events alone, a channel's filter of both. */
export function ofChannel(
    filter: string,
    diagnostics: readonly Diagnostic[],
    fields: readonly AlertField[],
): Diagnostic[] {
    const known = new Set(fields.map((one) => one.field));
    return diagnostics.filter((one) => one.level === 'error' || !known.has(filter.slice(one.begin, one.end)));
}

/** Which alerts go to a channel. */
export function ChannelFilter({
    value,
    onChange,
    fields,
}: {
    value: string;
    onChange: (filter: string) => void;
    fields: readonly AlertField[];
}) {
    const t = useText();
    const settled = useDeferredValue(value);
    const check = useQuery({
        queryKey: ['filter-check', settled],
        queryFn: ({ signal }) => body(api.POST('/api/v1/filters/check', { body: { filter: settled }, signal })),
        enabled: settled.trim() !== '',
        staleTime: Number.POSITIVE_INFINITY,
    });
    const told = check.data && settled === value ? ofChannel(value, check.data.diagnostics, fields) : [];
    const text = (level: string) =>
        told
            .filter((one) => one.level === level)
            .map((one) => one.message)
            .join('; ') || undefined;
    return (
        <FormField
            label={t('settings.channel.filter')}
            description={t('settings.channel.filter.what')}
            constraintText={t('settings.channel.filter.fields', { fields: fields.map((one) => one.field).join(', ') })}
            errorText={text('error')}
            warningText={text('warning')}
            stretch
        >
            <Textarea
                value={value}
                rows={2}
                spellcheck={false}
                onChange={({ detail }) => onChange(detail.value)}
                placeholder={'alert.ruleset = "CloudTrail: IAM" and accountId = "111122223333"'}
            />
        </FormField>
    );
}

import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import FormField from '@cloudscape-design/components/form-field';
import Icon from '@cloudscape-design/components/icon';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import type { Schemas } from '~/api/client';
import { ruleTypes } from '~/api/rule-types';
import { useText } from '~/app/intl';

export type Draft = Schemas['RuleBody'];
const words = (text: string) => text.split(/[\s,]+/).filter(Boolean);

/** What stands beside a field that follows the program. */
function Locked() {
    const t = useText();
    return (
        <Box display="inline" color="text-body-secondary" fontSize="body-s">
            <Icon name="lock-private" size="small" /> {t('rules.locked.mark')}
        </Box>
    );
}

/** What people write of a rule besides its filter. `locked`: of a shipped rule, of which only how loud it is can be settled. */
export function RuleForm({
    draft,
    locked,
    onChange,
}: {
    draft: Draft;
    locked: boolean;
    onChange: (patch: Partial<Draft>) => void;
}) {
    const t = useText();
    const severities = ([1, 2, 3] as const).map((level) => ({
        value: String(level),
        label: t(`ui.severity.${level}`),
    }));
    const mark = locked ? <Locked /> : undefined;
    return (
        <SpaceBetween size="m">
            {locked && <Alert type="info">{t('rules.locked.details')}</Alert>}
            <FormField label={t('rules.name')} info={mark}>
                <Input
                    value={draft.name}
                    readOnly={locked}
                    onChange={({ detail }) => onChange({ name: detail.value })}
                />
            </FormField>
            <FormField label={t('rules.alert-title')} info={mark} description={t('rules.alert-title.help')}>
                <Input
                    value={draft.title ?? ''}
                    readOnly={locked}
                    onChange={({ detail }) => onChange({ title: detail.value })}
                />
            </FormField>
            <ColumnLayout columns={2}>
                <FormField label={t('rules.type')} info={mark}>
                    <Select
                        disabled={locked}
                        selectedOption={{ value: draft.type ?? 'CloudTrail', label: draft.type ?? 'CloudTrail' }}
                        options={ruleTypes.map((value) => ({ value, label: value }))}
                        onChange={({ detail }) => onChange({ type: detail.selectedOption.value as Draft['type'] })}
                    />
                </FormField>
                <FormField label={t('rules.severity')}>
                    <Select
                        selectedOption={
                            severities.find(({ value }) => value === String(draft.severity ?? 3)) ?? severities[2]!
                        }
                        options={severities}
                        onChange={({ detail }) =>
                            onChange({ severity: Number(detail.selectedOption.value) as 1 | 2 | 3 })
                        }
                    />
                </FormField>
                <FormField label={t('rules.threshold.count')} description={t('rules.threshold.help')}>
                    <Input
                        type="number"
                        value={String(draft.threshold ?? 1)}
                        onChange={({ detail }) => onChange({ threshold: Math.max(1, Number(detail.value) || 1) })}
                    />
                </FormField>
                <FormField label={t('rules.window')} description={t('rules.window.help')}>
                    <Input
                        type="number"
                        value={String(Math.round((draft.window_s ?? 86400) / 60))}
                        onChange={({ detail }) => onChange({ window_s: Math.max(1, Number(detail.value) || 1) * 60 })}
                    />
                </FormField>
            </ColumnLayout>
            <FormField label={t('rules.aggregates')} info={mark} description={t('rules.aggregates.help')}>
                <Input
                    value={(draft.aggregate_fields ?? []).join(', ')}
                    readOnly={locked}
                    onChange={({ detail }) => onChange({ aggregate_fields: words(detail.value) })}
                />
            </FormField>
            <FormField label={t('rules.description')} info={mark} description={t('rules.description.help')}>
                <Textarea
                    value={draft.description ?? ''}
                    readOnly={locked}
                    rows={4}
                    onChange={({ detail }) => onChange({ description: detail.value })}
                />
            </FormField>
            <ColumnLayout columns={2}>
                <FormField label="MITRE ATT&CK" info={mark}>
                    <Input
                        value={(draft.attack ?? []).join(', ')}
                        readOnly={locked}
                        placeholder="T1525, T1078.004"
                        onChange={({ detail }) => onChange({ attack: words(detail.value) })}
                    />
                </FormField>
                <FormField label={t('rules.references')} info={mark}>
                    <Input
                        value={(draft.references ?? []).join(' ')}
                        readOnly={locked}
                        onChange={({ detail }) => onChange({ references: words(detail.value) })}
                    />
                </FormField>
            </ColumnLayout>
        </SpaceBetween>
    );
}

import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Textarea from '@cloudscape-design/components/textarea';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import type { Schemas } from '~/api/client';
import { useText } from '~/app/intl';
import { useSession } from '~/app/session';
import { useSettled } from '~/app/useSettled';
import { Code } from '~/ui/Code';
import { Dialog } from '~/ui/Dialog';
import { ErrorBox } from '~/ui/ErrorBox';
import { Loading } from '~/ui/Loading';
import { ruleQuery } from './data';
import { SilenceView } from './SilenceView';
import { useSilence } from './silence';
import { useCheck, useSuppress } from './suppress';
import { filterOfAggregates } from './suppression';
import type { Alert } from './view';

const FilterField = lazy(() => import('~/ui/FilterField'));

const expiries = ['1', '7', '30', '90', '365', ''] as const;
/** So long nothing is typed before the filter is tested, ms. */
const pause = 500;

/** Quiets a rule where a filter holds, which is tested while it is written. Of an alert, it begins with the alert's values. */
export function SuppressModal({
    of,
    alert,
    close,
}: {
    of: Pick<Schemas['Rule'], 'id' | 'name'>;
    alert?: Alert;
    close: () => void;
}) {
    const t = useText();
    const { who } = useSession();
    const rule = useQuery(ruleQuery(of.id));
    const [filter, setFilter] = useState(() => (alert ? filterOfAggregates(alert.aggregates) : ''));
    const [reason, setReason] = useState('');
    const [owner, setOwner] = useState(who);
    const [expiry, setExpiry] = useState<string>('90');
    const [tried, setTried] = useState(false);
    const settled = useSettled(filter.trim(), pause);
    const check = useCheck(settled, of.id);
    const valid = check.data?.valid === true && settled === filter.trim();
    const silence = useSilence(alert, rule.data, check.data?.valid ? settled : null);
    const save = useSuppress(of.id);
    const expiryText = (days: string) =>
        days ? t('alerts.suppress.days', { days: Number(days) }) : t('alerts.suppress.never');
    const submit = () => {
        setTried(true);
        if (!valid || !reason.trim() || save.isPending) return;
        const expires = expiry ? new Date(Date.now() + Number(expiry) * 86_400_000).toISOString() : null;
        save.mutate(
            { filter: settled, reason: reason.trim(), owner: owner.trim(), expires_at: expires },
            { onSuccess: close },
        );
    };
    return (
        <Dialog
            header={t('alerts.suppress.title')}
            action={t('alerts.suppress.do')}
            run={submit}
            close={close}
            busy={save.isPending}
            disabled={!filter.trim()}
            size="large"
        >
            <SpaceBetween size="m">
                <Box>{t('alerts.suppress.text', { rule: of.name })}</Box>
                {rule.error && <ErrorBox error={rule.error} retry={() => rule.refetch()} />}
                {rule.data && (
                    <ExpandableSection variant="footer" headerText={t('alerts.suppress.rule')}>
                        <Code block>{rule.data.filter.trim()}</Code>
                    </ExpandableSection>
                )}
                <div>
                    <Box variant="awsui-key-label">{t('alerts.suppress.filter')}</Box>
                    <Suspense fallback={<Loading rows={2} />}>
                        <FilterField
                            value={filter}
                            onChange={setFilter}
                            onSubmit={submit}
                            label={t('alerts.suppress.filter')}
                            rule={of.id}
                            multiline
                            placeholder={t('alerts.suppress.example')}
                        />
                    </Suspense>
                    {tried && !filter.trim() && (
                        <StatusIndicator type="error">{t('alerts.suppress.filter.missing')}</StatusIndicator>
                    )}
                </div>
                {check.data?.valid !== false && <SilenceView silence={silence} />}
                <ColumnLayout columns={2}>
                    <FormField label={t('alerts.suppress.owner')} description={t('alerts.suppress.owner.help')} stretch>
                        <Input value={owner} onChange={({ detail }) => setOwner(detail.value)} />
                    </FormField>
                    <FormField
                        label={t('alerts.suppress.expires')}
                        description={t('alerts.suppress.expires.help')}
                        stretch
                    >
                        <Select
                            selectedOption={{ value: expiry, label: expiryText(expiry) }}
                            options={expiries.map((value) => ({ value, label: expiryText(value) }))}
                            onChange={({ detail }) => setExpiry(detail.selectedOption.value ?? '')}
                            expandToViewport
                        />
                    </FormField>
                </ColumnLayout>
                <FormField
                    label={t('alerts.suppress.reason')}
                    errorText={tried && !reason.trim() && t('alerts.suppress.reason.missing')}
                    stretch
                >
                    <Textarea value={reason} rows={2} onChange={({ detail }) => setReason(detail.value)} />
                </FormField>
                {save.error && <ErrorBox error={save.error} />}
            </SpaceBetween>
        </Dialog>
    );
}

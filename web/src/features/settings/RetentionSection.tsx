import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { api, body } from '~/api/client';
import { useFlash } from '~/app/flash';
import { useText } from '~/app/intl';
import { useSession } from '~/app/session';
import { useStore } from '~/features/overview/data';
import { ErrorBox } from '~/ui/ErrorBox';
import { Loading } from '~/ui/Loading';
import { When } from '~/ui/When';
import { useSettings } from './calls';
import { ActionDialog, RoleNote } from './parts';

export const retentionMax = 3650;
const day = 24 * 3600 * 1000;

/** The oldest day that is kept, when so many are; the server counts days of UTC. */
function useOldest(): (days: number) => string {
    const intl = useIntl();
    return (days) => intl.formatDate(Date.now() - days * day, { dateStyle: 'long', timeZone: 'UTC' });
}

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** A number of bytes in the largest unit of which there is one, for formatNumber. */
export function inUnit(bytes: number): [number, { style: 'unit'; unit: string; maximumFractionDigits: number }] {
    let amount = bytes;
    let at = 0;
    while (amount >= 1000 && at < units.length - 1) {
        amount /= 1000;
        at++;
    }
    return [amount, { style: 'unit', unit: units[at]!, maximumFractionDigits: amount < 10 ? 1 : 0 }];
}

export function RetentionSection() {
    const t = useText();
    const session = useSession();
    const settings = useSettings();
    const date = useOldest();
    const store = useStore();
    const intl = useIntl();
    const number = (value: number | undefined) => (value === undefined ? '–' : intl.formatNumber(value));
    const bytes = (value: number | undefined) => (value === undefined ? '–' : intl.formatNumber(...inUnit(value)));
    if (settings.error) return <ErrorBox error={settings.error} retry={() => settings.refetch()} />;
    if (!settings.data) return <Loading />;
    const days = settings.data.data.retention_days;
    return (
        <SpaceBetween size="l">
            <Container
                header={
                    <Header variant="h2" description={t('settings.retention.what')}>
                        {t('settings.retention.now')}
                    </Header>
                }
            >
                <KeyValuePairs
                    columns={3}
                    items={[
                        { label: t('settings.retention.days'), value: t('settings.retention.count', { days }) },
                        {
                            label: t('settings.retention.oldest'),
                            value: date(days),
                        },
                        { label: t('settings.retention.alerts'), value: t('settings.retention.alerts.what') },
                        { label: t('settings.retention.events'), value: number(store.data?.events) },
                        { label: t('settings.retention.first'), value: <When time={store.data?.first} as="short" /> },
                        {
                            label: t('settings.retention.disk'),
                            value: (
                                <>
                                    {bytes(store.data?.disk_bytes)}
                                    {(store.data?.events_in_memory ?? 0) > 0 && (
                                        <div className="vg-muted">
                                            {t('settings.retention.memory', { count: store.data?.events_in_memory })}
                                        </div>
                                    )}
                                </>
                            ),
                        },
                    ]}
                />
            </Container>
            {session.may('owner') ? (
                <Change days={days} etag={settings.data.etag} />
            ) : (
                <RoleNote needed="owner" change />
            )}
        </SpaceBetween>
    );
}

function Change({ days, etag }: { days: number; etag: string }) {
    const t = useText();
    const flash = useFlash();
    const date = useOldest();
    const client = useQueryClient();
    const [typed, setTyped] = useState<string | null>(null);
    const [asking, setAsking] = useState(false);
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState<unknown>(null);
    const text = typed ?? String(days);
    const wanted = Number(text);
    const good = /^\d+$/.test(text) && wanted >= 1 && wanted <= retentionMax;
    const older = useQuery({
        queryKey: ['events', 'older', wanted],
        queryFn: ({ signal }) => {
            // Whole days are removed.
            const until = `${new Date(Date.now() - wanted * day).toISOString().slice(0, 10)}T00:00:00Z`;
            return body(api.GET('/api/v1/events/count', { params: { query: { until } }, signal }));
        },
        enabled: asking,
    });
    const save = async () => {
        try {
            await api.PUT('/api/v1/settings', {
                params: { header: { 'If-Match': etag } },
                body: { retention_days: wanted },
            });
            setTyped(null);
            setAsking(false);
            setError(null);
            flash.push({ id: 'settings', type: 'success', content: t('settings.saved') });
        } finally {
            await client.invalidateQueries({ queryKey: ['settings'] });
        }
    };
    const submit = async () => {
        if (!good || wanted === days) return;
        // What is kept for longer destroys nothing, so nothing is asked.
        if (wanted < days) return setAsking(true);
        setBusy(true);
        await save().catch(setError);
        setBusy(false);
    };
    return (
        <form
            onSubmit={(event) => {
                event.preventDefault();
                submit();
            }}
        >
            <Container header={<Header variant="h2">{t('settings.retention.change')}</Header>}>
                <SpaceBetween size="m">
                    {error !== null && <ErrorBox error={error} />}
                    <FormField
                        label={t('settings.retention.days')}
                        constraintText={t('settings.number', { least: 1, most: retentionMax })}
                        errorText={good ? undefined : t('settings.number', { least: 1, most: retentionMax })}
                    >
                        <SpaceBetween direction="horizontal" size="xs">
                            <Input
                                type="number"
                                inputMode="numeric"
                                value={text}
                                onChange={({ detail }) => setTyped(detail.value)}
                            />
                            <Button formAction="submit" disabled={!good || wanted === days} loading={busy}>
                                {t('settings.save')}
                            </Button>
                        </SpaceBetween>
                    </FormField>
                </SpaceBetween>
            </Container>
            {asking && (
                <ActionDialog
                    header={t('settings.retention.ask', { days: wanted })}
                    action={t('settings.retention.go')}
                    close={() => setAsking(false)}
                    run={save}
                >
                    <div>{t('settings.retention.ask.what', { day: date(wanted) })}</div>
                    {older.data && <b>{t('settings.retention.ask.count', { count: older.data.count })}</b>}
                </ActionDialog>
            )}
        </form>
    );
}

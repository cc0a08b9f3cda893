import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { api, body, type Schemas } from '~/api/client';
import { useText } from '~/app/intl';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { When } from '~/ui/When';
import { ActionDialog } from '../parts';
import { useSpan } from '../SourcesSection';
import { useBackfills, useFresh } from './calls';
import type { Connection } from './connection';

type Backfill = Schemas['AwsBackfill'];
const acts = {
    running: ['pause', 'cancel'],
    paused: ['resume', 'cancel'],
    failed: ['resume', 'cancel'],
    done: [],
    cancelled: [],
} as const satisfies Record<Backfill['state'], readonly string[]>;
type Act = (typeof acts)[Backfill['state']][number];

/** What was in buckets before: read by listing, beside what comes now. */
export function Backfills({ connection }: { connection: Connection }) {
    const t = useText();
    const intl = useIntl();
    const fresh = useFresh();
    const [making, setMaking] = useState(false);
    const list = useBackfills(connection);
    const act = useMutation({
        mutationFn: ({ id, what }: { id: string; what: Act }) =>
            api.POST(`/api/v1/aws/connections/{id}/backfills/{backfill}/${what}`, {
                params: { path: { id: connection.id, backfill: id } },
            }),
        onSettled: fresh,
    });
    const error = list.error ?? act.error;
    const items = list.data ?? [];
    return (
        <SpaceBetween size="s">
            {error && <ErrorBox error={error} retry={() => list.refetch()} />}
            <Table
                items={items}
                loading={list.isLoading}
                loadingText={t('ui.loading')}
                trackBy="id"
                wrapLines
                header={
                    <Header
                        variant="h2"
                        counter={`(${items.length})`}
                        description={t('settings.aws.backfills.what')}
                        actions={<Button onClick={() => setMaking(true)}>{t('settings.aws.backfill')}</Button>}
                    >
                        {t('settings.aws.backfills')}
                    </Header>
                }
                columnDefinitions={[
                    {
                        id: 'where',
                        header: t('settings.aws.where'),
                        cell: (one) => (
                            <>
                                <span className="vg-wrap">{`s3://${one.bucket}/${one.prefix}`}</span>
                                {(one.from || one.until) && (
                                    <div className="vg-muted">
                                        <When time={one.from} /> – <When time={one.until} />
                                    </div>
                                )}
                            </>
                        ),
                        isRowHeader: true,
                    },
                    {
                        id: 'progress',
                        header: t('settings.aws.progress'),
                        cell: (one) => <Progress one={one} />,
                        minWidth: 260,
                    },
                    { id: 'done', header: t('settings.aws.objects'), cell: (one) => intl.formatNumber(one.done) },
                    { id: 'failed', header: t('settings.aws.dead'), cell: (one) => intl.formatNumber(one.failed) },
                    {
                        id: 'act',
                        header: t('settings.actions'),
                        cell: (one) => (
                            <SpaceBetween direction="horizontal" size="s">
                                {acts[one.state].map((what) => (
                                    <Button
                                        key={what}
                                        variant="inline-link"
                                        onClick={() => act.mutate({ id: one.id, what })}
                                    >
                                        {t(`settings.aws.backfill.${what}`)}
                                    </Button>
                                ))}
                            </SpaceBetween>
                        ),
                        width: 150,
                    },
                ]}
                empty={<Empty title={t('settings.aws.backfills.none')} />}
            />
            {making && <NewBackfill connection={connection} close={() => setMaking(false)} />}
        </SpaceBetween>
    );
}

function Progress({ one }: { one: Backfill }) {
    const t = useText();
    const span = useSpan();
    const status = {
        running: 'in-progress',
        paused: 'in-progress',
        done: 'success',
        failed: 'error',
        cancelled: 'error',
    } as const;
    return (
        <ProgressBar
            ariaLabel={t('settings.aws.progress')}
            value={Math.round(one.progress * 100)}
            status={status[one.state]}
            additionalInfo={
                one.state === 'running' && one.seconds_left !== null
                    ? t('settings.aws.left', { time: span(one.seconds_left) })
                    : one.state === 'paused'
                      ? t('settings.aws.backfill.paused')
                      : undefined
            }
            resultText={
                one.error ||
                (one.state === 'running' || one.state === 'paused' ? '' : t(`settings.aws.backfill.${one.state}`))
            }
        />
    );
}

/** A day as it is typed, at its beginning in UTC, as CloudTrail's folders are. */
const dayForm = /^\d{4}-\d{2}-\d{2}$/;
const timeOf = (day: string) => (day.trim() ? `${day.trim()}T00:00:00Z` : undefined);

function NewBackfill({ connection, close }: { connection: Connection; close: () => void }) {
    const t = useText();
    const fresh = useFresh();
    const [bucket, setBucket] = useState('');
    const [prefix, setPrefix] = useState('AWSLogs/');
    const [from, setFrom] = useState('');
    const [until, setUntil] = useState('');
    const [rate, setRate] = useState('500');
    const wrong = (day: string) => day.trim() !== '' && !dayForm.test(day.trim());
    const perSecond = Number(rate);
    return (
        <ActionDialog
            header={t('settings.aws.backfill')}
            action={t('settings.aws.backfill.go')}
            disabled={!bucket.trim() || wrong(from) || wrong(until) || !Number.isInteger(perSecond) || perSecond < 1}
            close={close}
            run={async () => {
                await body(
                    api.POST('/api/v1/aws/connections/{id}/backfills', {
                        params: { path: { id: connection.id } },
                        body: {
                            bucket: bucket.trim(),
                            prefix: prefix.trim(),
                            from: timeOf(from),
                            until: timeOf(until),
                            objects_per_second: perSecond,
                        },
                    }),
                );
                await fresh();
                close();
            }}
        >
            <Box>{t('settings.aws.backfill.about')}</Box>
            <FormField label={t('settings.aws.bucket')}>
                <Input
                    value={bucket}
                    autoFocus
                    autoComplete={false}
                    onChange={({ detail }) => setBucket(detail.value)}
                />
            </FormField>
            <FormField label={t('settings.aws.prefix')} description={t('settings.aws.prefix.what')}>
                <Input value={prefix} autoComplete={false} onChange={({ detail }) => setPrefix(detail.value)} />
            </FormField>
            {(
                [
                    ['from', from, setFrom],
                    ['until', until, setUntil],
                ] as const
            ).map(([name, value, set]) => (
                <FormField
                    key={name}
                    label={t(`settings.aws.${name}`)}
                    description={t('settings.aws.day.what')}
                    errorText={wrong(value) ? t('settings.aws.fault.day') : undefined}
                >
                    <Input
                        value={value}
                        autoComplete={false}
                        placeholder="2026-11-01"
                        onChange={({ detail }) => set(detail.value)}
                    />
                </FormField>
            ))}
            <FormField label={t('settings.aws.rate')} description={t('settings.aws.rate.what')}>
                <Input value={rate} type="number" onChange={({ detail }) => setRate(detail.value)} />
            </FormField>
        </ActionDialog>
    );
}

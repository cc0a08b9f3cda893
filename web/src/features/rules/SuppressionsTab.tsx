import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { api, type Schemas } from '~/api/client';
import { suppressionsQuery } from '~/api/queries';
import { useText } from '~/app/intl';
import { useSession } from '~/app/session';
import { parse } from '~/filter';
import { Backtest } from '~/ui/Backtest';
import { Code } from '~/ui/Code';
import { Dialog } from '~/ui/Dialog';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { Loading } from '~/ui/Loading';
import { When } from '~/ui/When';
import { bodyOf, type Rule } from './data';

const FilterField = lazy(() => import('~/ui/FilterField'));
const expiries = ['1', '7', '30', '90', '365', ''] as const;

/** What quiets a rule: each with who answers for it, why, and until when. */
export function SuppressionsTab({ rule }: { rule: Rule }) {
    const t = useText();
    const client = useQueryClient();
    const { may } = useSession();
    const list = useQuery(suppressionsQuery(rule.id));
    const [adding, setAdding] = useState(false);
    const changed = () => {
        client.invalidateQueries({ queryKey: ['rule', rule.id] });
        client.invalidateQueries({ queryKey: ['rules'] });
    };
    const end = useMutation({
        mutationFn: (one: Schemas['Suppression']) =>
            api.DELETE('/api/v1/suppressions/{id}', {
                params: { path: { id: one.id }, header: { 'If-Match': `"${one.version}"` } },
            }),
        onSettled: changed,
    });
    if (list.error) return <ErrorBox error={list.error} retry={() => list.refetch()} />;
    return (
        <SpaceBetween size="m">
            {end.error && <ErrorBox error={end.error} />}
            {rule.suppressions.length > 0 && (
                <SpaceBetween size="xs">
                    <Header variant="h2">{t('rules.suppressions.shipped')}</Header>
                    {rule.suppressions.map((filter) => (
                        <Code key={filter} block>
                            {filter}
                        </Code>
                    ))}
                </SpaceBetween>
            )}
            <Table
                variant="embedded"
                loading={list.isPending}
                loadingText={t('ui.loading')}
                items={list.data ?? []}
                trackBy="id"
                header={
                    <Header
                        variant="h2"
                        counter={list.data && `(${list.data.length})`}
                        actions={
                            <Button disabled={!may('user')} onClick={() => setAdding(true)}>
                                {t('rules.suppress')}
                            </Button>
                        }
                    >
                        {t('rules.suppressions')}
                    </Header>
                }
                columnDefinitions={[
                    {
                        id: 'state',
                        header: t('rules.state'),
                        width: 120,
                        cell: (one) => (
                            <StatusIndicator type={one.in_force ? 'success' : 'stopped'}>
                                {t(one.in_force ? 'rules.in-force' : 'rules.ended')}
                            </StatusIndicator>
                        ),
                    },
                    {
                        id: 'filter',
                        header: t('rules.filter'),
                        minWidth: 260,
                        isRowHeader: true,
                        cell: (one) => <Code>{one.filter}</Code>,
                    },
                    { id: 'reason', header: t('rules.reason'), minWidth: 160, cell: (one) => one.reason || '–' },
                    { id: 'owner', header: t('rules.owner'), width: 180, cell: (one) => one.owner },
                    {
                        id: 'expires',
                        header: t('rules.expires'),
                        width: 130,
                        cell: (one) => (one.expires_at ? <When time={one.expires_at} /> : t('rules.never')),
                    },
                    {
                        id: 'end',
                        header: t('rules.actions'),
                        width: 110,
                        cell: (one) => (
                            <Button
                                variant="inline-link"
                                disabled={!may('user')}
                                ariaLabel={t('rules.end.of', { filter: one.filter })}
                                onClick={() => end.mutate(one)}
                            >
                                {t('rules.end')}
                            </Button>
                        ),
                    },
                ]}
                empty={<Empty title={t('rules.suppressions.none')} text={t('rules.suppressions.none.text')} />}
            />
            {adding && (
                <AddModal
                    rule={rule}
                    close={() => {
                        setAdding(false);
                        changed();
                    }}
                />
            )}
        </SpaceBetween>
    );
}

function AddModal({ rule, close }: { rule: Rule; close: () => void }) {
    const t = useText();
    const { who } = useSession();
    const [filter, setFilter] = useState('');
    const [reason, setReason] = useState('');
    const [days, setDays] = useState<string>('90');
    const [tried, setTried] = useState(false);
    const good = parse(filter).ok;
    const save = useMutation({
        mutationFn: () =>
            api.POST('/api/v1/rules/{id}/suppressions', {
                params: { path: { id: rule.id } },
                body: {
                    filter: filter.trim(),
                    reason: reason.trim(),
                    owner: who,
                    expires_at: days ? new Date(Date.now() + Number(days) * 86_400_000).toISOString() : null,
                },
            }),
        onSuccess: close,
    });
    const choices = expiries.map((value) => ({
        value,
        label: value ? t('rules.days', { days: Number(value) }) : t('rules.never'),
    }));
    const { name, ...body } = bodyOf(rule);
    return (
        <Dialog
            header={t('rules.suppress.title', { name })}
            action={t('rules.suppress')}
            run={() => {
                setTried(true);
                if (good && reason.trim()) save.mutate();
            }}
            close={close}
            busy={save.isPending}
            size="large"
        >
            <SpaceBetween size="m">
                {save.error && <ErrorBox error={save.error} />}
                <FormField
                    label={t('rules.suppress.filter')}
                    stretch
                    errorText={tried && !good && t('rules.suppress.filter.wrong')}
                >
                    <Suspense fallback={<Loading rows={2} />}>
                        <FilterField
                            value={filter}
                            onChange={setFilter}
                            label={t('rules.suppress.filter')}
                            multiline
                            rule={rule.id}
                            placeholder={t('rules.suppress.example')}
                        />
                    </Suspense>
                </FormField>
                <FormField label={t('rules.reason')} errorText={tried && !reason.trim() && t('rules.reason.missing')}>
                    <Input value={reason} onChange={({ detail }) => setReason(detail.value)} />
                </FormField>
                <FormField label={t('rules.expires')}>
                    <Select
                        selectedOption={choices.find(({ value }) => value === days)!}
                        options={choices}
                        onChange={({ detail }) => setDays(detail.selectedOption.value ?? '')}
                    />
                </FormField>
                <Backtest
                    question={good ? { rule: { ...body, name, suppressions: [...rule.suppressions, filter] } } : null}
                />
            </SpaceBetween>
        </Dialog>
    );
}

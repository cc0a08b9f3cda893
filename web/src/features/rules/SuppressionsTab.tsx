import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { api, type Schemas } from '~/api/client';
import { suppressionsQuery } from '~/api/queries';
import { useText } from '~/app/intl';
import { useSession } from '~/app/session';
import { Code } from '~/ui/Code';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { When } from '~/ui/When';
import type { Rule } from './data';

const SuppressModal = lazy(() =>
    import('~/features/alerts/SuppressModal').then((module) => ({ default: module.SuppressModal })),
);

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
                <Suspense>
                    <SuppressModal of={rule} close={() => setAdding(false)} />
                </Suspense>
            )}
        </SpaceBetween>
    );
}

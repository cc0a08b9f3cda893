import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useMutation } from '@tanstack/react-query';
import { useIntl } from 'react-intl';
import { api, type Schemas } from '~/api/client';
import { useText } from '~/app/intl';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { When } from '~/ui/When';
import { useAccounts, useFresh } from './calls';
import type { Connection } from './connection';

type Account = Schemas['AwsAccount'];
const indicator = { own: 'success', other: 'info', unknown: 'warning' } as const satisfies Record<
    Account['belongs'],
    string
>;

/** The accounts whose files came: those of a whole organisation may be of several teams. */
export function Accounts({ connection }: { connection: Connection }) {
    const t = useText();
    const intl = useIntl();
    const fresh = useFresh();
    const accounts = useAccounts(connection);
    const map = useMutation({
        mutationFn: ({ account, belongs }: Account) => {
            const params = { path: { id: connection.id, account } };
            const at = '/api/v1/aws/connections/{id}/accounts/{account}' as const;
            return belongs === 'unknown' ? api.PUT(at, { params }) : api.DELETE(at, { params });
        },
        onSettled: fresh,
    });
    const error = accounts.error ?? map.error;
    const items = accounts.data ?? [];
    return (
        <SpaceBetween size="s">
            {error && <ErrorBox error={error} retry={() => accounts.refetch()} />}
            <Table
                items={items}
                loading={accounts.isLoading}
                loadingText={t('ui.loading')}
                trackBy="account"
                header={
                    <Header variant="h2" counter={`(${items.length})`} description={t('settings.aws.accounts.what')}>
                        {t('settings.aws.accounts')}
                    </Header>
                }
                columnDefinitions={[
                    { id: 'account', header: t('settings.aws.account'), cell: (one) => one.account, isRowHeader: true },
                    {
                        id: 'belongs',
                        header: t('settings.aws.belongs'),
                        cell: (one) => (
                            <StatusIndicator type={indicator[one.belongs]}>
                                {t(`settings.aws.belongs.${one.belongs}`)}
                            </StatusIndicator>
                        ),
                    },
                    { id: 'objects', header: t('settings.aws.objects'), cell: (one) => intl.formatNumber(one.objects) },
                    { id: 'seen', header: t('settings.aws.seen'), cell: (one) => <When time={one.last_seen} /> },
                    {
                        id: 'act',
                        header: t('settings.actions'),
                        cell: (one) =>
                            one.belongs !== 'other' && (
                                <Button
                                    variant="inline-link"
                                    ariaLabel={t(`settings.aws.map.${one.belongs}.of`, { account: one.account })}
                                    onClick={() => map.mutate(one)}
                                >
                                    {t(`settings.aws.map.${one.belongs}`)}
                                </Button>
                            ),
                    },
                ]}
                empty={<Empty title={t('settings.aws.accounts.none')} />}
            />
        </SpaceBetween>
    );
}

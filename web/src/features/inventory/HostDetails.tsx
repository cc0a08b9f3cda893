import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { useIntl } from 'react-intl';
import { api, body } from '~/api/client';
import { useText } from '~/app/intl';
import { bounds } from '~/app/range';
import { link } from '~/app/url';
import { Code } from '~/ui/Code';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { Severity } from '~/ui/Severity';
import { When } from '~/ui/When';
import { useAll } from './calls';
import { Online } from './columns';
import type { DetailsProps } from './InventoryItemPage';
import { Belonging, ItemLink } from './parts';

/** Alerts that the page of a host shows. */
const alertsMax = 10;

export function HostDetails({ item, range, patch }: DetailsProps<'hosts'>) {
    const t = useText();
    const intl = useIntl();
    const name = item.name ?? item.id;
    const containers = useAll('containers', range, item.containers > 0);
    return (
        <SpaceBetween size="l">
            <Container>
                <KeyValuePairs
                    columns={4}
                    items={[
                        { label: t('inventory.state'), value: <Online host={item} /> },
                        { label: t('inventory.received'), value: <When time={item.received} /> },
                        { label: t('inventory.first'), value: <When time={item.first} /> },
                        { label: t('inventory.last'), value: <When time={item.last} /> },
                        { label: t('inventory.agent'), value: item.agent_version ?? '–' },
                        { label: t('inventory.os'), value: item.os ?? '–' },
                        { label: t('inventory.kernel'), value: <span className="vg-wrap">{item.kernel ?? '–'}</span> },
                        {
                            label: t('inventory.instance'),
                            value: <span className="vg-wrap">{item.instance ?? '–'}</span>,
                        },
                        {
                            label: t('inventory.account'),
                            value: <ItemLink kind="accounts" id={item.account} patch={patch} />,
                        },
                        { label: t('inventory.users'), value: intl.formatNumber(item.users) },
                        { label: t('inventory.events'), value: intl.formatNumber(item.events) },
                        { label: t('inventory.types'), value: item.types.join(', ') || '–' },
                        { label: t('inventory.agent.id'), value: <Code>{item.id}</Code> },
                    ]}
                />
            </Container>
            <Alerts host={name} range={range} patch={patch} />
            {item.containers > 0 && (
                <Belonging
                    kind="containers"
                    items={containers.data?.items.filter((one) => one.host === item.name || one.host === item.id)}
                    patch={patch}
                    columns={['name', 'last', 'image', 'events']}
                    title={t('inventory.containers')}
                    empty={t('inventory.containers.none')}
                />
            )}
        </SpaceBetween>
    );
}

function Alerts({ host, range, patch }: { host: string } & Pick<DetailsProps<'hosts'>, 'range' | 'patch'>) {
    const t = useText();
    const alerts = useQuery({
        queryKey: ['alerts', 'of-host', host, range],
        queryFn: async ({ signal }) => {
            const query = { host, status: 'all' as const, limit: alertsMax, ...bounds(range) };
            return (await body(api.GET('/api/v1/alerts', { params: { query }, signal }))).alerts;
        },
    });
    if (alerts.error) return <ErrorBox error={alerts.error} retry={() => alerts.refetch()} />;
    return (
        <Table
            items={alerts.data ?? []}
            loading={alerts.isLoading}
            loadingText={t('ui.loading')}
            trackBy="id"
            wrapLines
            header={
                <Header
                    variant="h2"
                    actions={
                        <Follow to={link('/alerts', { host, status: 'all', ...patch })}>
                            {t('inventory.alerts.all')}
                        </Follow>
                    }
                >
                    {t('inventory.alerts.latest')}
                </Header>
            }
            columnDefinitions={[
                {
                    id: 'severity',
                    header: t('inventory.severity'),
                    cell: (one) => <Severity level={one.severity} />,
                    width: 110,
                },
                {
                    id: 'title',
                    header: t('inventory.alert'),
                    isRowHeader: true,
                    cell: (one) => (
                        <Follow to={`/alerts/${encodeURIComponent(one.id)}`}>
                            <span className="vg-wrap">{one.title}</span>
                        </Follow>
                    ),
                },
                { id: 'time', header: t('ui.time'), cell: (one) => <When time={one.created_at} />, width: 160 },
            ]}
            empty={<Empty title={t('inventory.alerts.none')} />}
        />
    );
}

import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Grid from '@cloudscape-design/components/grid';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useIntl } from 'react-intl';
import { useText } from '~/app/intl';
import { link } from '~/app/url';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import {
    eventsLink,
    filterOf,
    identityName,
    madeBy,
    partOf,
    type Scope,
    serviceName,
    trendsLink,
    useTrends,
    useTrendUsers,
} from './data';

interface Item {
    key: string;
    name: string;
    more?: string;
    calls: number;
    to: string;
    events: string;
}

/** What was never used before the time that is looked at: services, calls, regions, principals. */
export function News({ scope }: { scope: Scope }) {
    const t = useText();
    const services = useTrends(scope, 'service');
    const apis = useTrends(scope, 'api');
    const users = useTrendUsers(scope);
    const regions = useTrends(scope, 'region');
    const error = services.error ?? apis.error ?? users.error ?? regions.error;
    if (error) return <ErrorBox error={error} />;
    // Where nothing is older, everything would be called new.
    const used = regions.data?.rows ?? [];
    const nothingOlder = used.length > 0 && used.every((row) => row.is_new);
    const serviceItems = services.data?.rows
        .filter((row) => row.is_new)
        .map((row): Item => {
            const part = partOf(row, scope);
            return {
                key: row.service ?? '',
                name: serviceName(row.service ?? ''),
                more: row.service ?? '',
                calls: row.calls,
                to: trendsLink(scope, { by: 'api', service: part.service }),
                events: eventsLink(scope, filterOf(part)),
            };
        });
    const apiItems = apis.data?.rows
        .filter((row) => row.is_new)
        .map((row): Item => {
            const part = partOf(row, scope);
            return {
                key: `${row.service} ${row.api}`,
                name: row.api ?? '',
                more: serviceName(row.service ?? ''),
                calls: row.calls,
                to: trendsLink(scope, { by: 'api', service: part.service, api: part.api }),
                events: eventsLink(scope, filterOf(part)),
            };
        });
    const regionItems = regions.data?.rows
        .filter((row) => row.is_new && row.region)
        .map((row): Item => {
            const part = partOf(row, scope);
            return {
                key: part.region,
                name: part.region,
                calls: row.calls,
                to: trendsLink(scope, { by: 'service', region: part.region }),
                events: eventsLink(scope, filterOf(part)),
            };
        });
    const userItems = users.data?.users
        .filter((one) => one.is_new && one.identity)
        .map((one): Item => {
            const { name, account } = identityName(one.identity ?? '');
            return {
                key: one.identity ?? '',
                name,
                more: account,
                calls: one.calls,
                to: link('/investigate', { field: 'identity', value: one.identity, range: '30d' }),
                events: eventsLink(scope, filterOf(scope, madeBy(one.identity ?? ''))),
            };
        });
    const half = { default: 12, m: 6 };
    return (
        <SpaceBetween size="l">
            {nothingOlder && (
                <Alert type="info" header={t('trends.new.nothing-older')}>
                    {t('trends.new.nothing-older.text')}
                </Alert>
            )}
            <Grid gridDefinition={[half, half, half, half].map((colspan) => ({ colspan }))}>
                <NewTable id="services" items={serviceItems} />
                <NewTable id="regions" items={regionItems} />
                <NewTable id="apis" items={apiItems} />
                <NewTable id="principals" items={userItems} />
            </Grid>
        </SpaceBetween>
    );
}

function NewTable({ id, items }: { id: 'services' | 'apis' | 'regions' | 'principals'; items: Item[] | undefined }) {
    const t = useText();
    const intl = useIntl();
    const most = 50;
    return (
        <Table
            items={items?.slice(0, most) ?? []}
            loading={!items}
            loadingText={t('ui.loading')}
            trackBy="key"
            header={
                <Header
                    variant="h2"
                    counter={items && `(${intl.formatNumber(items.length)})`}
                    description={items && items.length > most ? t('trends.new.first', { count: most }) : undefined}
                >
                    {t(`trends.new.${id}`)}
                </Header>
            }
            empty={<Box color="text-body-secondary">{t(`trends.new.${id}.none`)}</Box>}
            columnDefinitions={[
                {
                    id: 'name',
                    header: t(`trends.new.${id}.one`),
                    isRowHeader: true,
                    cell: (item) => (
                        <span className="vg-wrap">
                            <Follow to={item.to}>{item.name}</Follow>
                            {item.more && <span className="vg-muted"> {item.more}</span>}
                        </span>
                    ),
                },
                {
                    id: 'calls',
                    header: t('trends.calls'),
                    width: 110,
                    cell: (item) => (
                        <Follow
                            to={item.events}
                            label={t('trends.events.count', { count: item.calls, name: item.name })}
                        >
                            {intl.formatNumber(item.calls)}
                        </Follow>
                    ),
                },
            ]}
        />
    );
}

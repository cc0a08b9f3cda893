import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useIntl } from 'react-intl';
import { useText } from '~/app/intl';
import { link } from '~/app/url';
import { useKeyList, useSources } from '~/features/settings/calls';
import { useSpan } from '~/features/settings/SourcesSection';
import { type SourceState, sourcesOf, stateOf } from '~/features/settings/sources';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { When } from '~/ui/When';
import { type Times, useSeen, useStore } from './data';

const indicator: Record<SourceState, StatusIndicatorProps.Type> = {
    waiting: 'pending',
    quiet: 'warning',
    refusing: 'warning',
    receiving: 'success',
    revoked: 'stopped',
};

/** What Vigia sees, how late, and how long it remembers. */
export function Coverage({ times }: { times: Times }) {
    const t = useText();
    const intl = useIntl();
    const sources = useSources();
    const keys = useKeyList();
    const duration = useSpan();
    const seen = useSeen(times.weekAgo, times.now);
    const store = useStore();
    const number = (value: number | undefined) => (value === undefined ? '…' : intl.formatNumber(value));
    const error = sources.error ?? seen.error ?? store.error;
    return (
        <Container
            header={
                <Header
                    variant="h2"
                    description={t('overview.coverage.what')}
                    actions={<Follow to="/settings/sources">{t('overview.sources.open')}</Follow>}
                >
                    {t('overview.coverage')}
                </Header>
            }
        >
            <SpaceBetween size="m">
                {error && <ErrorBox error={error} retry={() => sources.refetch()} />}
                <KeyValuePairs
                    columns={4}
                    items={[
                        {
                            label: t('overview.accounts'),
                            value: <Follow to="/inventory/accounts">{number(seen.data?.accounts)}</Follow>,
                        },
                        {
                            label: t('overview.hosts'),
                            value: <Follow to="/inventory/hosts">{number(seen.data?.hosts)}</Follow>,
                        },
                        {
                            label: t('overview.containers'),
                            value: <Follow to="/inventory/containers">{number(seen.data?.containers)}</Follow>,
                        },
                        {
                            label: t('overview.stored'),
                            value: (
                                <>
                                    <Follow to="/settings/retention">{number(store.data?.events)}</Follow>
                                    {store.data && (
                                        <div className="vg-muted vg-small">
                                            {t('overview.retention', {
                                                days: store.data.event_retention_days,
                                                alerts: store.data.alert_retention_days,
                                            })}
                                        </div>
                                    )}
                                </>
                            ),
                        },
                    ]}
                />
                <Table
                    variant="embedded"
                    items={sourcesOf(sources.data ?? [], keys.data ?? [])}
                    loading={sources.isPending}
                    loadingText={t('ui.loading')}
                    trackBy="id"
                    empty={
                        <Empty
                            title={t('overview.sources.none')}
                            action={<Follow to="/start">{t('overview.start.go')}</Follow>}
                        />
                    }
                    columnDefinitions={[
                        {
                            id: 'source',
                            header: t('settings.sources.source'),
                            isRowHeader: true,
                            cell: (source) => (
                                <span className="vg-wrap">
                                    <Follow to={link('/settings/sources', { open: source.id })}>{source.name}</Follow>
                                </span>
                            ),
                        },
                        {
                            id: 'health',
                            minWidth: 130,
                            header: t('settings.state'),
                            cell: (source) => {
                                const state = stateOf(source, Date.now());
                                return (
                                    <StatusIndicator type={indicator[state]}>
                                        {t(`settings.sources.${state}`)}
                                    </StatusIndicator>
                                );
                            },
                        },
                        {
                            id: 'last',
                            minWidth: 110,
                            header: t('settings.sources.batch'),
                            cell: (source) => <When time={source.health?.last_batch} />,
                        },
                        {
                            id: 'lag',
                            minWidth: 84,
                            header: t('settings.sources.lag'),
                            cell: (source) => duration(source.health?.lag_seconds),
                        },
                        {
                            id: 'accepted',
                            minWidth: 84,
                            header: t('overview.source.events'),
                            cell: (source) => number(source.health?.accepted ?? 0),
                        },
                    ]}
                    wrapLines
                />
            </SpaceBetween>
        </Container>
    );
}

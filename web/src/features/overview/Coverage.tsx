import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useIntl } from 'react-intl';
import { useText } from '~/app/intl';
import { useSession } from '~/app/session';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { When } from '~/ui/When';
import { healthOf, sourceName, type Times, useKeyNames, useSeen, useSources, useStored } from './data';

const status: Record<ReturnType<typeof healthOf>, StatusIndicatorProps.Type> = {
    healthy: 'success',
    late: 'warning',
    quiet: 'stopped',
    problems: 'warning',
    waiting: 'pending',
};

/** What Vigia sees, how late, and how long it remembers. */
export function Coverage({ times }: { times: Times }) {
    const t = useText();
    const intl = useIntl();
    const session = useSession();
    const sources = useSources();
    const names = useKeyNames(session.may('owner'));
    const seen = useSeen(times.weekAgo, times.now);
    const stored = useStored();
    const seenCount = (field: string) => {
        const found = seen.data?.find((one) => one.field === field);
        return found ? `${intl.formatNumber(found.count)}${found.more ? '+' : ''}` : '…';
    };
    const number = (value: number | undefined) => (value === undefined ? '…' : intl.formatNumber(value));
    const lag = (seconds: number | null) => {
        if (seconds === null) return '–';
        const [value, unit] =
            seconds < 120
                ? [seconds, 'second']
                : seconds < 7200
                  ? [seconds / 60, 'minute']
                  : seconds < 172_800
                    ? [seconds / 3600, 'hour']
                    : [seconds / 86_400, 'day'];
        return intl.formatNumber(value as number, {
            style: 'unit',
            unit: unit as string,
            unitDisplay: 'short',
            maximumFractionDigits: 0,
        });
    };
    const error = sources.error ?? seen.error ?? stored.error;
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
                            value: <Follow to="/inventory/accounts">{seenCount('accountId')}</Follow>,
                        },
                        { label: t('overview.regions'), value: seenCount('region') },
                        {
                            label: t('overview.hosts'),
                            value: <Follow to="/inventory/hosts">{seenCount('hostname')}</Follow>,
                        },
                        {
                            label: t('overview.stored'),
                            value: (
                                <>
                                    {number(stored.count)}
                                    {stored.retentionDays !== undefined && (
                                        <div className="vg-muted vg-small">
                                            {t('overview.retention', { days: stored.retentionDays })}
                                        </div>
                                    )}
                                </>
                            ),
                        },
                    ]}
                />
                <Table
                    variant="embedded"
                    items={sources.data?.sources ?? []}
                    loading={sources.isPending}
                    loadingText={t('ui.loading')}
                    trackBy="source"
                    empty={
                        <Empty
                            title={t('overview.sources.none')}
                            action={<Follow to="/start">{t('overview.start.go')}</Follow>}
                        />
                    }
                    columnDefinitions={[
                        {
                            id: 'source',
                            header: t('overview.source'),
                            isRowHeader: true,
                            cell: (source) => <span className="vg-wrap">{sourceName(source, names.data)}</span>,
                        },
                        {
                            id: 'health',
                            minWidth: 130,
                            header: t('overview.health'),
                            cell: (source) => {
                                const health = healthOf(source, Date.now());
                                return (
                                    <StatusIndicator type={status[health]}>
                                        {t(`overview.health.${health}`, {
                                            refused: source.refused + source.refused_batches,
                                        })}
                                    </StatusIndicator>
                                );
                            },
                        },
                        {
                            id: 'last',
                            minWidth: 110,
                            header: t('overview.source.last'),
                            cell: (source) => <When time={source.last_batch} />,
                        },
                        {
                            id: 'lag',
                            minWidth: 84,
                            header: t('overview.source.lag'),
                            cell: (source) => lag(source.lag_seconds),
                        },
                        {
                            id: 'accepted',
                            minWidth: 84,
                            header: t('overview.source.events'),
                            cell: (source) => number(source.accepted),
                        },
                    ]}
                    wrapLines
                />
            </SpaceBetween>
        </Container>
    );
}

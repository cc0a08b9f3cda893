import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { useText } from '~/app/intl';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { When } from '~/ui/When';
import { deliveriesQuery } from './data';
import type { Alert } from './view';

const types: Record<string, StatusIndicatorProps.Type> = { sent: 'success', waiting: 'pending', dead: 'error' };

/** Where the alert was sent to, and how that ended. */
export function Deliveries({ alert }: { alert: Alert }) {
    const t = useText();
    const deliveries = useQuery(deliveriesQuery(alert.id));
    if (deliveries.error) return <ErrorBox error={deliveries.error} retry={() => deliveries.refetch()} />;
    if (deliveries.data?.deliveries.length === 0)
        return (
            <SpaceBetween direction="horizontal" size="xs">
                <Box color="text-body-secondary">{t('alerts.deliveries.none')}</Box>
                <Follow to="/settings/integrations">{t('alerts.deliveries.settings')}</Follow>
            </SpaceBetween>
        );
    return (
        <Table
            variant="embedded"
            contentDensity="compact"
            wrapLines
            loading={deliveries.isLoading}
            loadingText={t('ui.loading')}
            items={deliveries.data?.deliveries ?? []}
            trackBy="id"
            ariaLabels={{ tableLabel: t('alerts.deliveries') }}
            columnDefinitions={[
                {
                    id: 'channel',
                    header: t('alerts.deliveries.channel'),
                    isRowHeader: true,
                    cell: ({ channel }) => channel,
                },
                {
                    id: 'state',
                    header: t('alerts.state'),
                    cell: ({ state }) => (
                        <StatusIndicator type={types[state] ?? 'info'}>
                            {t(`alerts.deliveries.${state}`)}
                        </StatusIndicator>
                    ),
                },
                {
                    id: 'time',
                    header: t('ui.time'),
                    cell: ({ sent_at, created_at }) => <When time={sent_at ?? created_at} />,
                },
                { id: 'error', header: t('alerts.deliveries.error'), cell: ({ last_error }) => last_error || '–' },
            ]}
        />
    );
}

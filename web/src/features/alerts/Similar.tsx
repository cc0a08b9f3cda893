import Table from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { useIntl } from 'react-intl';
import { useText } from '~/app/intl';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { Severity } from '~/ui/Severity';
import { When } from '~/ui/When';
import { State } from './AlertList';
import { similarQuery } from './data';
import type { Alert } from './view';

/** Other alerts of the same rule and values, newest first. */
export function Similar({ alert }: { alert: Alert }) {
    const t = useText();
    const intl = useIntl();
    const similar = useQuery(similarQuery(alert.id));
    if (similar.error) return <ErrorBox error={similar.error} retry={() => similar.refetch()} />;
    return (
        <Table
            variant="embedded"
            contentDensity="compact"
            loading={similar.isLoading}
            loadingText={t('ui.loading')}
            items={similar.data?.alerts ?? []}
            trackBy="id"
            ariaLabels={{ tableLabel: t('alerts.tab.similar') }}
            empty={<Empty title={t('alerts.similar.none')} />}
            columnDefinitions={[
                {
                    id: 'severity',
                    header: t('alerts.severity'),
                    width: 90,
                    cell: (one) => <Severity level={one.severity} />,
                },
                {
                    id: 'created',
                    header: t('alerts.created'),
                    isRowHeader: true,
                    cell: (one) => (
                        <Follow to={`/alerts/${one.id}`}>
                            <When time={one.created_at} as="short" />
                        </Follow>
                    ),
                },
                { id: 'count', header: t('alerts.count'), cell: (one) => intl.formatNumber(one.count) },
                { id: 'state', header: t('alerts.state'), cell: (one) => <State alert={one} /> },
            ]}
        />
    );
}

import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import { useIntl } from 'react-intl';
import { useText } from '~/app/intl';
import { link } from '~/app/url';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { Severity } from '~/ui/Severity';
import { When } from '~/ui/When';
import { useWaiting } from './data';

const most = 6;

/** What nobody has taken on, the gravest and oldest first. */
export function Waiting() {
    const t = useText();
    const intl = useIntl();
    const waiting = useWaiting(most);
    if (waiting.error) return <ErrorBox error={waiting.error} retry={() => waiting.refetch()} />;
    return (
        <Table
            items={waiting.data?.alerts ?? []}
            loading={waiting.isPending}
            loadingText={t('ui.loading')}
            trackBy="id"
            header={
                <Header
                    variant="h2"
                    counter={waiting.data && `(${intl.formatNumber(waiting.data.count)})`}
                    description={t('overview.waiting.what')}
                    actions={<Follow to={link('/alerts', { status: 'active' })}>{t('overview.waiting.open')}</Follow>}
                >
                    {t('overview.waiting')}
                </Header>
            }
            empty={<Empty title={t('overview.waiting.none')} text={t('overview.waiting.none.text')} />}
            columnDefinitions={[
                {
                    id: 'severity',
                    header: t('overview.severity'),
                    width: 96,
                    cell: (alert) => <Severity level={alert.severity} />,
                },
                {
                    id: 'title',
                    header: t('overview.alert'),
                    isRowHeader: true,
                    cell: (alert) => (
                        <span className="vg-two-lines" title={alert.title}>
                            <Follow to={`/alerts/${encodeURIComponent(alert.id)}`}>{alert.title}</Follow>
                        </span>
                    ),
                },
                {
                    id: 'since',
                    header: t('overview.since'),
                    width: 125,
                    cell: (alert) => <When time={alert.created_at} />,
                },
            ]}
            wrapLines
        />
    );
}

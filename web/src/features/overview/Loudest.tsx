import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import { useIntl } from 'react-intl';
import { useText } from '~/app/intl';
import { link } from '~/app/url';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { useLoudest } from './data';

const most = 8;

/** The rules that raised most alerts in a week: what to tune first. */
export function Loudest() {
    const t = useText();
    const intl = useIntl();
    const loudest = useLoudest(most);
    if (loudest.error) return <ErrorBox error={loudest.error} retry={() => loudest.refetch()} />;
    const number = (value: number) => intl.formatNumber(value);
    return (
        <Table
            items={loudest.rules}
            loading={loudest.isPending}
            loadingText={t('ui.loading')}
            trackBy="id"
            header={
                <Header
                    variant="h2"
                    description={
                        loudest.totals ? t('overview.loudest.what', loudest.totals) : t('overview.loudest.week')
                    }
                    actions={<Follow to="/rules">{t('overview.loudest.open')}</Follow>}
                >
                    {t('overview.loudest')}
                </Header>
            }
            empty={<Empty title={t('overview.loudest.none')} text={t('overview.loudest.none.text')} />}
            columnDefinitions={[
                {
                    id: 'rule',
                    header: t('overview.rule'),
                    isRowHeader: true,
                    cell: (rule) => (
                        <span className="vg-two-lines" title={rule.name ?? rule.id}>
                            <Follow to={`/rules/${encodeURIComponent(rule.id)}`}>{rule.name ?? rule.id}</Follow>
                        </span>
                    ),
                },
                { id: 'matched', header: t('overview.matched'), width: 108, cell: (rule) => number(rule.matched) },
                {
                    id: 'suppressed',
                    header: t('overview.suppressed'),
                    width: 120,
                    cell: (rule) => number(rule.suppressed),
                },
                {
                    id: 'alerted',
                    header: t('overview.alerted'),
                    width: 80,
                    cell: (rule) => (
                        <Follow
                            to={link('/alerts', {
                                status: 'all',
                                rule: rule.id,
                                from: `${loudest.since}T00:00:00Z`,
                                until: `${new Date().toISOString().slice(0, 19)}Z`,
                            })}
                            label={t('overview.alerted.of', { count: rule.alerted, name: rule.name ?? rule.id })}
                        >
                            {number(rule.alerted)}
                        </Follow>
                    ),
                },
            ]}
            wrapLines
        />
    );
}

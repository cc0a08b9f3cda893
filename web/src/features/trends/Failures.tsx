import Grid from '@cloudscape-design/components/grid';
import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import { useIntl } from 'react-intl';
import { useText } from '~/app/intl';
import { conditionOf } from '~/filter';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { eventsLink, filterOf, partOf, type Scope, serviceName, useFacet, useTrends } from './data';

const most = 50;

/** The calls that AWS refused or that failed, and with which codes. */
export function Failures({ scope }: { scope: Scope }) {
    const t = useText();
    const intl = useIntl();
    const number = (value: number) => intl.formatNumber(value);
    const apis = useTrends(scope, 'api');
    const codes = useFacet(scope, 'errorCode', filterOf(scope, 'errorCode exists'));
    const failed = apis.data?.rows.filter((row) => row.errors > 0).sort((a, b) => b.errors - a.errors);
    const error = apis.error ?? codes.error;
    if (error) return <ErrorBox error={error} retry={() => Promise.all([apis.refetch(), codes.refetch()])} />;
    const empty = <Empty title={t('trends.failures.none')} text={t('trends.failures.none.text')} />;
    return (
        <Grid gridDefinition={[{ colspan: { default: 12, m: 7 } }, { colspan: { default: 12, m: 5 } }]}>
            <Table
                items={failed?.slice(0, most) ?? []}
                loading={!failed}
                loadingText={t('ui.loading')}
                trackBy={(row) => `${row.service} ${row.api}`}
                empty={empty}
                header={
                    <Header variant="h2" counter={failed && `(${number(failed.length)})`}>
                        {t('trends.failures.calls')}
                    </Header>
                }
                columnDefinitions={[
                    {
                        id: 'api',
                        header: t('trends.by.api'),
                        isRowHeader: true,
                        cell: (row) => (
                            <span className="vg-wrap">
                                {row.api} <span className="vg-muted">{serviceName(row.service ?? '')}</span>
                            </span>
                        ),
                    },
                    {
                        id: 'errors',
                        header: t('trends.errors'),
                        width: 110,
                        cell: (row) => (
                            <Follow
                                to={eventsLink(scope, filterOf(partOf(row, scope), 'errorCode exists'))}
                                label={t('trends.errors.of', { name: row.api ?? '' })}
                            >
                                {number(row.errors)}
                            </Follow>
                        ),
                    },
                    {
                        id: 'part',
                        header: t('trends.failures.part'),
                        width: 130,
                        cell: (row) =>
                            intl.formatNumber(row.errors / row.calls, { style: 'percent', maximumFractionDigits: 1 }),
                    },
                ]}
            />
            <Table
                items={codes.data?.slice(0, most) ?? []}
                loading={!codes.data}
                loadingText={t('ui.loading')}
                trackBy="value"
                empty={empty}
                header={
                    <Header variant="h2" counter={codes.data && `(${number(codes.data.length)})`}>
                        {t('trends.failures.codes')}
                    </Header>
                }
                columnDefinitions={[
                    {
                        id: 'code',
                        header: 'errorCode',
                        isRowHeader: true,
                        cell: (one) => <span className="vg-wrap">{one.value}</span>,
                    },
                    {
                        id: 'count',
                        header: t('trends.errors'),
                        width: 110,
                        cell: (one) => (
                            <Follow
                                to={eventsLink(scope, filterOf(scope, conditionOf('errorCode', one.value)))}
                                label={t('trends.errors.of', { name: one.value })}
                            >
                                {number(one.count)}
                            </Follow>
                        ),
                    },
                ]}
            />
        </Grid>
    );
}

import { useCollection } from '@cloudscape-design/collection-hooks';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useIntl } from 'react-intl';
import { useText } from '~/app/intl';
import { Dotted } from '~/ui/Dotted';
import { Empty } from '~/ui/Empty';
import { Follow } from '~/ui/Follow';
import { Sparkline } from '~/ui/Sparkline';
import { Change } from './Change';
import { type By, eventsLink, filterOf, partOf, type Row, rowName, type Scope, serviceName } from './data';

/** All rows, in any order: the same numbers as the plots. */
export function RowTable({
    rows,
    by,
    scope,
    organisation,
    leftOut,
    narrow,
}: {
    rows: readonly Row[];
    by: By;
    scope: Scope;
    organisation: string;
    leftOut: number;
    narrow: (row: Row) => string;
}) {
    const t = useText();
    const intl = useIntl();
    const number = (value: number) => intl.formatNumber(value);
    const columns: TableProps.ColumnDefinition<Row>[] = [
        {
            id: 'name',
            header: t(`trends.by.${by}`),
            cell: (row) => (
                <span className="vg-wrap">
                    <Follow to={narrow(row)}>{rowName(row, by, organisation)}</Follow>
                    {row.service && (
                        <span className="vg-muted vg-under">
                            <Dotted text={row.service} />
                        </span>
                    )}
                </span>
            ),
            sortingComparator: (a, b) =>
                rowName(a, by, organisation).localeCompare(rowName(b, by, organisation), intl.locale),
            isRowHeader: true,
            minWidth: 150,
        },
        {
            id: 'calls',
            header: t('trends.calls'),
            cell: (row) => (
                <Follow
                    to={eventsLink(scope, filterOf(partOf(row, scope)))}
                    label={t('trends.events.count', {
                        count: row.calls,
                        name: rowName(row, by, organisation),
                    })}
                >
                    {number(row.calls)}
                </Follow>
            ),
            sortingField: 'calls',
        },
        { id: 'before', header: t('trends.before'), cell: (row) => number(row.before), sortingField: 'before' },
        {
            id: 'change',
            header: t('trends.change'),
            cell: (row) => <Change now={row.calls} before={row.before} isNew={row.is_new} />,
            sortingField: 'change',
        },
        {
            id: 'errors',
            header: t('trends.errors'),
            cell: (row) =>
                row.errors > 0 ? (
                    <Follow to={eventsLink(scope, filterOf(partOf(row, scope), 'errorCode exists'))}>
                        {number(row.errors)}
                    </Follow>
                ) : (
                    '0'
                ),
            sortingField: 'errors',
        },
        {
            id: 'line',
            header: t('trends.course'),
            cell: (row) => (
                <Sparkline
                    values={row.buckets}
                    label={t('trends.course.of', { name: rowName(row, by, organisation) })}
                    width={70}
                />
            ),
        },
    ];
    const { items, collectionProps, filterProps, paginationProps, filteredItemsCount } = useCollection(rows, {
        filtering: {
            filteringFunction: (row, text) =>
                `${row.service} ${row.service ? serviceName(row.service) : ''} ${row.api} ${row.account} ${row.region}`
                    .toLowerCase()
                    .includes(text.toLowerCase()),
            noMatch: <Empty title={t('trends.nomatch')} />,
        },
        pagination: { pageSize: 25 },
        sorting: { defaultState: { sortingColumn: { sortingField: 'change' }, isDescending: true } },
    });
    return (
        <Table
            {...collectionProps}
            items={items}
            columnDefinitions={columns}
            variant="container"
            wrapLines
            trackBy={(row) => `${row.account}|${row.region}|${row.service}|${row.api}`}
            header={
                <Header
                    variant="h2"
                    counter={`(${number(rows.length)})`}
                    description={leftOut > 0 ? t('trends.leftout', { count: leftOut }) : undefined}
                >
                    {t('trends.all')}
                </Header>
            }
            filter={
                rows.length > 10 && (
                    <TextFilter
                        {...filterProps}
                        filteringPlaceholder={t('trends.find')}
                        filteringAriaLabel={t('trends.find')}
                        countText={t('trends.matches', { count: filteredItemsCount ?? 0 })}
                    />
                )
            }
            pagination={rows.length > 25 && <Pagination {...paginationProps} />}
        />
    );
}

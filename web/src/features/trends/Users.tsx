import { useCollection } from '@cloudscape-design/collection-hooks';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useIntl } from 'react-intl';
import type { Schemas } from '~/api/client';
import { useText } from '~/app/intl';
import { rangePatch } from '~/app/range';
import { link } from '~/app/url';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { When } from '~/ui/When';
import { Change } from './Change';
import { eventsLink, filterOf, identityName, madeBy, type Scope, useTrendUsers } from './data';

type User = Schemas['TrendUsers']['users'][number];
const none: User[] = [];

/** Who made the calls of the scope. */
export function Users({ scope }: { scope: Scope }) {
    const t = useText();
    const intl = useIntl();
    const users = useTrendUsers(scope);
    const number = (value: number) => intl.formatNumber(value);
    /** The session's name, or how many there are. */
    const called = (user: User) =>
        user.users > 1
            ? t('trends.who.sessions', { count: user.users })
            : user.user !== user.identity && !user.identity?.endsWith(`/${user.user}`) && user.user;
    const columns: TableProps.ColumnDefinition<User>[] = [
        {
            id: 'identity',
            header: t('trends.who.identity'),
            isRowHeader: true,
            minWidth: 240,
            sortingField: 'identity',
            cell: (user) =>
                user.identity ? (
                    <span className="vg-wrap" title={user.identity}>
                        <Follow
                            to={link('/investigate', {
                                field: 'identity',
                                value: user.identity,
                                ...rangePatch(scope.range),
                            })}
                        >
                            {identityName(user.identity).name}
                        </Follow>
                        <span className="vg-muted vg-under">
                            {[user.identity_type, identityName(user.identity).account, called(user)]
                                .filter(Boolean)
                                .join(' · ')}
                        </span>
                    </span>
                ) : (
                    '–'
                ),
        },
        {
            id: 'calls',
            header: t('trends.calls'),
            sortingField: 'calls',
            cell: (user) => (
                <Follow
                    to={eventsLink(scope, filterOf(scope, madeBy(user.identity ?? '')))}
                    label={t('trends.events.count', { count: user.calls, name: user.identity ?? '' })}
                >
                    {number(user.calls)}
                </Follow>
            ),
        },
        {
            id: 'change',
            header: t('trends.change'),
            sortingComparator: (a, b) => a.calls - a.before - (b.calls - b.before),
            cell: (user) => <Change now={user.calls} before={user.before} isNew={user.is_new} />,
        },
        {
            id: 'errors',
            header: t('trends.errors'),
            sortingField: 'errors',
            cell: (user) =>
                user.errors > 0 ? (
                    <Follow
                        to={eventsLink(scope, filterOf(scope, madeBy(user.identity ?? ''), 'errorCode exists'))}
                        label={t('trends.errors.of', { name: user.identity ?? '' })}
                    >
                        {number(user.errors)}
                    </Follow>
                ) : (
                    '0'
                ),
        },
        { id: 'last', header: t('trends.who.last'), sortingField: 'last', cell: (user) => <When time={user.last} /> },
    ];
    const { items, collectionProps, filterProps, paginationProps, filteredItemsCount } = useCollection(
        users.data?.users ?? none,
        {
            filtering: {
                filteringFunction: (user, text) =>
                    `${user.identity} ${user.user} ${user.identity_type}`.toLowerCase().includes(text.toLowerCase()),
                empty: <Empty title={t('trends.empty')} text={t('trends.empty.text')} />,
                noMatch: <Empty title={t('trends.nomatch')} />,
            },
            pagination: { pageSize: 25 },
            sorting: { defaultState: { sortingColumn: { sortingField: 'calls' }, isDescending: true } },
        },
    );
    if (users.error) return <ErrorBox error={users.error} retry={() => users.refetch()} />;
    const count = users.data?.users.length ?? 0;
    return (
        <Table
            {...collectionProps}
            items={items}
            columnDefinitions={columns}
            wrapLines
            loading={users.isPending}
            loadingText={t('ui.loading')}
            trackBy={(user) => user.identity ?? ''}
            header={
                <Header variant="h2" counter={users.data && `(${number(count)})`} description={t('trends.who.what')}>
                    {t('trends.tab.who')}
                </Header>
            }
            filter={
                <TextFilter
                    {...filterProps}
                    filteringPlaceholder={t('trends.who.find')}
                    filteringAriaLabel={t('trends.who.find')}
                    countText={t('trends.matches', { count: filteredItemsCount ?? 0 })}
                />
            }
            pagination={count > 25 && <Pagination {...paginationProps} />}
        />
    );
}

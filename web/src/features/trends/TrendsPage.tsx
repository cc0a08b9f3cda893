import './trends.css';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import TokenGroup from '@cloudscape-design/components/token-group';
import { useMemo } from 'react';
import { useIntl } from 'react-intl';
import { useText } from '~/app/intl';
import { useOrganisationName } from '~/app/organisations';
import { Page } from '~/app/page';
import { rangeOf, rangePatch } from '~/app/range';
import { useUrl } from '~/app/url';
import { CopyAs } from '~/ui/Copy';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { Loading } from '~/ui/Loading';
import { TimeRange } from '~/ui/TimeRange';
import { Change } from './Change';
import {
    type By,
    bucketFor,
    bys,
    eventsLink,
    filterOf,
    narrowings,
    type Row,
    type Scope,
    scopeOf,
    serviceName,
    trendsLink,
    useTrends,
} from './data';
import { Failures } from './Failures';
import { Growth } from './Growth';
import { HeatMap } from './HeatMap';
import { News } from './News';
import { Users } from './Users';

const tabs = ['growth', 'new', 'who', 'when', 'errors'] as const;
type Tab = (typeof tabs)[number];

/** How the use of AWS changes over time, and who changes it. */
export default function TrendsPage() {
    const t = useText();
    const url = useUrl();
    const organisation = useOrganisationName();
    const range = useMemo(() => rangeOf(url.params, '30d'), [url.params]);
    // The time of a relative range stands still as long as the range does, so that all parts speak of the same.
    const rangeText = JSON.stringify(range);
    // biome-ignore lint/correctness/useExhaustiveDependencies: `rangeText` stands for the range
    const now = useMemo(() => Date.now(), [rangeText]);
    const scope = useMemo(() => scopeOf(url.get, range, now), [url.get, range, now]);
    const asked = url.get('by') as By;
    const by: By = bys.includes(asked) ? asked : scope.service ? 'api' : 'service';
    const asTab = url.get('tab') as Tab;
    const tab: Tab = tabs.includes(asTab) ? asTab : 'growth';
    const narrow = (row: Row): string => {
        if (by === 'service') return trendsLink(scope, { by: 'api', service: row.service });
        if (by === 'api') return trendsLink(scope, { by: 'api', service: row.service, api: row.api, tab: 'who' });
        if (by === 'account') return trendsLink(scope, { by: 'service', account: row.account });
        if (by === 'region') return trendsLink(scope, { by: 'service', region: row.region });
        return trendsLink(scope, { by: 'account' });
    };
    return (
        <Page title={t('trends.title')} help="trends.help">
            <SpaceBetween size="l">
                <Header
                    variant="h1"
                    description={t('trends.lead')}
                    actions={
                        <SpaceBetween direction="horizontal" size="xs">
                            <Narrowing scope={scope} />
                            <TimeRange value={range} onChange={(next) => url.set(rangePatch(next))} />
                            <CopyAs call={{ path: callPath(scope, by) }} />
                        </SpaceBetween>
                    }
                >
                    {t('trends.title')}
                </Header>
                <Totals scope={scope} />
                <Tabs
                    activeTabId={tab}
                    ariaLabel={t('trends.title')}
                    onChange={({ detail }) =>
                        url.set({ tab: detail.activeTabId === 'growth' ? null : detail.activeTabId }, { push: true })
                    }
                    tabs={[
                        {
                            id: 'growth',
                            label: t('trends.tab.growth'),
                            content: tab === 'growth' && (
                                <SpaceBetween size="l">
                                    <SegmentedControl
                                        label={t('trends.by')}
                                        selectedId={by}
                                        options={bys.map((id) => ({ id, text: t(`trends.by.${id}`) }))}
                                        onChange={({ detail }) => url.set({ by: detail.selectedId })}
                                    />
                                    <GrowthTab scope={scope} by={by} organisation={organisation} narrow={narrow} />
                                </SpaceBetween>
                            ),
                        },
                        { id: 'new', label: t('trends.tab.new'), content: tab === 'new' && <News scope={scope} /> },
                        { id: 'who', label: t('trends.tab.who'), content: tab === 'who' && <Users scope={scope} /> },
                        {
                            id: 'when',
                            label: t('trends.tab.when'),
                            content: tab === 'when' && <HeatMap scope={scope} />,
                        },
                        {
                            id: 'errors',
                            label: t('trends.tab.errors'),
                            content: tab === 'errors' && <Failures scope={scope} />,
                        },
                    ]}
                />
            </SpaceBetween>
        </Page>
    );
}

function callPath(scope: Scope, by: By): string {
    const query = new URLSearchParams({ by, bucket: bucketFor(scope.since, scope.until), since: scope.since });
    query.set('until', scope.until);
    for (const name of narrowings) if (scope[name]) query.set(name, scope[name]);
    return `/api/v1/trends?${query}`;
}

function GrowthTab({
    scope,
    by,
    organisation,
    narrow,
}: {
    scope: Scope;
    by: By;
    organisation: string;
    narrow: (row: Row) => string;
}) {
    const trends = useTrends(scope, by);
    if (trends.error) return <ErrorBox error={trends.error} retry={() => trends.refetch()} />;
    if (!trends.data) return <Loading rows={8} />;
    return (
        <Growth
            rows={trends.data.rows}
            begins={trends.data.begins}
            by={trends.isPlaceholderData ? rowsBy(trends.data.rows, by) : by}
            bucket={bucketFor(scope.since, scope.until)}
            scope={scope}
            organisation={organisation}
            leftOut={trends.data.left_out}
            narrow={narrow}
        />
    );
}

/** What rows that are still shown are about, while others are fetched. */
function rowsBy(rows: readonly Row[], asked: By): By {
    const row = rows[0];
    if (!row) return asked;
    return bys.find((by) => by !== 'organisation' && row[by] && !(by === 'service' && row.api)) ?? 'organisation';
}

function Narrowing({ scope }: { scope: Scope }) {
    const t = useText();
    const url = useUrl();
    const everything = useMemo(() => ({ ...scope, account: '', region: '', service: '', api: '' }), [scope]);
    const accounts = useTrends(everything, 'account');
    const services = useTrends(
        useMemo(() => ({ ...everything, account: scope.account }), [everything, scope]),
        'service',
    );
    const options = (values: (string | null)[], name: (value: string) => string, all: string) => [
        { value: '', label: all },
        ...values
            .filter((value): value is string => Boolean(value))
            .sort((a, b) => name(a).localeCompare(name(b)))
            .map((value) => ({ value, label: name(value), description: name(value) === value ? undefined : value })),
    ];
    const accountOptions = options(
        accounts.data?.rows.map((row) => row.account) ?? [],
        (value) => value,
        t('trends.all.accounts'),
    );
    const serviceOptions = options(
        services.data?.rows.map((row) => row.service) ?? [],
        serviceName,
        t('trends.all.services'),
    );
    return (
        <SpaceBetween direction="horizontal" size="xs" alignItems="center">
            <Select
                selectedOption={
                    accountOptions.find((one) => one.value === scope.account) ?? {
                        value: scope.account,
                        label: scope.account,
                    }
                }
                options={accountOptions}
                ariaLabel={t('trends.by.account')}
                filteringType="auto"
                statusType={accounts.isPending ? 'loading' : accounts.error ? 'error' : 'finished'}
                onChange={({ detail }) => url.set({ account: detail.selectedOption.value }, { push: true })}
            />
            <Select
                selectedOption={
                    serviceOptions.find((one) => one.value === scope.service) ?? {
                        value: scope.service,
                        label: serviceName(scope.service),
                    }
                }
                options={serviceOptions}
                ariaLabel={t('trends.by.service')}
                filteringType="auto"
                statusType={services.isPending ? 'loading' : services.error ? 'error' : 'finished'}
                onChange={({ detail }) =>
                    url.set(
                        {
                            service: detail.selectedOption.value,
                            api: null,
                            by: detail.selectedOption.value ? 'api' : null,
                        },
                        { push: true },
                    )
                }
            />
            {(['region', 'api'] as const).map(
                (name) =>
                    scope[name] !== '' && (
                        <TokenGroup
                            key={name}
                            items={[{ label: scope[name], dismissLabel: t('trends.unnarrow', { name: scope[name] }) }]}
                            onDismiss={() => url.set({ [name]: null }, { push: true })}
                        />
                    ),
            )}
        </SpaceBetween>
    );
}

function Totals({ scope }: { scope: Scope }) {
    const t = useText();
    const intl = useIntl();
    const total = useTrends(scope, 'organisation');
    const services = useTrends(scope, 'service');
    const row = total.data?.rows[0];
    const number = (value: number | undefined) => (value === undefined ? '…' : intl.formatNumber(value));
    const loaded = total.data !== undefined;
    return (
        <Container>
            <KeyValuePairs
                columns={4}
                items={[
                    {
                        label: t('trends.calls'),
                        value: (
                            <Follow to={eventsLink(scope, filterOf(scope))}>
                                {number(loaded ? (row?.calls ?? 0) : undefined)}
                            </Follow>
                        ),
                    },
                    {
                        label: t('trends.change'),
                        value: row ? <Change now={row.calls} before={row.before} /> : loaded ? '–' : '…',
                    },
                    {
                        label: t('trends.errors'),
                        value: row ? (
                            <>
                                {row.errors > 0 ? (
                                    <Follow to={eventsLink(scope, filterOf(scope, 'errorCode exists'))}>
                                        {number(row.errors)}
                                    </Follow>
                                ) : (
                                    '0'
                                )}{' '}
                                <span className="vg-muted">
                                    {intl.formatNumber(row.calls ? row.errors / row.calls : 0, {
                                        style: 'percent',
                                        maximumFractionDigits: 1,
                                    })}
                                </span>
                            </>
                        ) : (
                            number(loaded ? 0 : undefined)
                        ),
                    },
                    {
                        label: t('trends.services'),
                        value: services.data
                            ? t('trends.services.count', {
                                  count: services.data.rows.length,
                                  fresh: services.data.rows.filter((one) => one.is_new).length,
                              })
                            : '…',
                    },
                ]}
            />
        </Container>
    );
}

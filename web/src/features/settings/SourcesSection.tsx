import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useIntl } from 'react-intl';
import { useNavigate } from 'react-router';
import { useText } from '~/app/intl';
import { useSession } from '~/app/session';
import { link, useUrl } from '~/app/url';
import { Code } from '~/ui/Code';
import { CopyAs } from '~/ui/Copy';
import { Empty } from '~/ui/Empty';
import { type Column, ListTable } from '~/ui/ListTable';
import { When } from '~/ui/When';
import { useKeyList, useSources } from './calls';
import { type Source, type SourceState, sourcesOf, span, stateOf } from './sources';

const indicator = {
    waiting: 'pending',
    quiet: 'warning',
    refusing: 'warning',
    receiving: 'success',
    revoked: 'stopped',
} as const satisfies Record<SourceState, string>;

export function useSpan(): (seconds: number | null | undefined) => string {
    const intl = useIntl();
    return (seconds) => {
        if (seconds === null || seconds === undefined) return '–';
        const [amount, unit] = span(Math.max(0, seconds));
        return intl.formatNumber(amount, { style: 'unit', unit, unitDisplay: 'long' });
    };
}

function State({ source }: { source: Source }) {
    const t = useText();
    const state = stateOf(source, Date.now());
    return <StatusIndicator type={indicator[state]}>{t(`settings.sources.${state}`)}</StatusIndicator>;
}

export function SourcesSection() {
    const t = useText();
    const intl = useIntl();
    const url = useUrl();
    const navigate = useNavigate();
    const session = useSession();
    const health = useSources();
    const keys = useKeyList();
    const duration = useSpan();
    const items = health.data && sourcesOf(health.data, keys.data ?? []);
    const opened = items?.find((one) => one.id === url.get('open'));
    const number = (value: number | undefined) => (value === undefined ? '–' : intl.formatNumber(value));
    const columns: Column<Source>[] = [
        {
            id: 'name',
            header: t('settings.sources.source'),
            cell: (source) => (
                <>
                    <Link
                        href={link('/settings/sources', { open: source.id })}
                        onFollow={(event) => {
                            event.preventDefault();
                            url.set({ open: source.id }, { push: true });
                        }}
                    >
                        <span className="vg-wrap">{source.name}</span>
                    </Link>
                    <div className="vg-muted">{t(`settings.sources.kind.${source.kind}`)}</div>
                </>
            ),
            sort: (source) => source.name,
            isRowHeader: true,
            minWidth: 120,
        },
        {
            id: 'state',
            header: t('settings.state'),
            cell: (source) => <State source={source} />,
            minWidth: 175,
            sort: (source) => stateOf(source, Date.now()),
        },
        {
            id: 'event',
            header: t('settings.sources.event'),
            cell: ({ health }) => (
                <>
                    <When time={health?.last_event} />
                    {health && (
                        <div className="vg-muted">
                            {t('settings.sources.behind', { lag: duration(health.lag_seconds) })}
                        </div>
                    )}
                </>
            ),
            sort: (source) => source.health?.last_event ?? null,
            minWidth: 140,
        },
        {
            id: 'accepted',
            header: t('settings.sources.accepted'),
            cell: ({ health }) => (
                <>
                    {number(health?.accepted)}
                    {health && health.duplicates > 0 && (
                        <div className="vg-muted">{t('settings.sources.twice', { count: health.duplicates })}</div>
                    )}
                </>
            ),
            sort: (source) => source.health?.accepted ?? null,
        },
        {
            id: 'refused',
            header: t('settings.sources.refused'),
            cell: (source) => number(source.health?.refused),
            sort: (source) => source.health?.refused ?? null,
        },
    ];
    const add = session.may('owner') && (
        <Button onClick={() => navigate(link('/settings/keys', { new: 'source' }))}>{t('settings.sources.add')}</Button>
    );
    return (
        <SpaceBetween size="l">
            <ListTable
                level="h1"
                title={t('settings.sources')}
                description={t('settings.sources.what')}
                actions={
                    <SpaceBetween direction="horizontal" size="xs">
                        <CopyAs call={{ path: '/api/v1/sources' }} json={health.data} />
                        {add}
                    </SpaceBetween>
                }
                columns={columns}
                items={items}
                error={health.error}
                retry={() => health.refetch()}
                id={(source) => source.id}
                text={(source) => source.name}
                placeholder={t('settings.sources.find')}
                sorted="-event"
                empty={
                    <Empty
                        title={t('settings.sources.none')}
                        text={t('settings.sources.none.what')}
                        action={
                            <Button onClick={() => navigate('/start')} variant="primary">
                                {t('settings.sources.start')}
                            </Button>
                        }
                    />
                }
            />
            {opened && <Opened source={opened} close={() => url.set({ open: null })} />}
        </SpaceBetween>
    );
}

function Opened({ source, close }: { source: Source; close: () => void }) {
    const t = useText();
    const intl = useIntl();
    const duration = useSpan();
    const { health } = source;
    const problems = health?.problems ?? [];
    const inFiles = problems.some((one) => one.file);
    return (
        <Container
            header={
                <Header
                    variant="h2"
                    actions={<Button iconName="close" variant="icon" ariaLabel={t('settings.close')} onClick={close} />}
                >
                    <span className="vg-wrap">{source.name}</span>
                </Header>
            }
        >
            <SpaceBetween size="l">
                {health ? (
                    <KeyValuePairs
                        columns={4}
                        items={[
                            { label: t('settings.state'), value: <State source={source} /> },
                            { label: t('settings.sources.first'), value: <When time={health.first_batch} /> },
                            { label: t('settings.sources.batch'), value: <When time={health.last_batch} /> },
                            { label: t('settings.sources.event'), value: <When time={health.last_event} /> },
                            { label: t('settings.sources.lag'), value: duration(health.lag_seconds) },
                            ...(['batches', 'accepted', 'duplicates', 'refused', 'refused_batches'] as const).map(
                                (what) => ({
                                    label: t(`settings.sources.${what}`),
                                    value: intl.formatNumber(health[what]),
                                }),
                            ),
                            { label: t('settings.sources.id'), value: <Code>{source.id}</Code> },
                        ]}
                    />
                ) : (
                    <Alert type="info" header={t('settings.sources.waiting.header')}>
                        {t('settings.sources.waiting.what')}
                    </Alert>
                )}
                {health && (
                    <Table
                        variant="embedded"
                        items={problems}
                        wrapLines
                        header={
                            <Header
                                variant="h3"
                                counter={`(${problems.length})`}
                                description={t('settings.sources.problems.what')}
                            >
                                {t('settings.sources.problems')}
                            </Header>
                        }
                        columnDefinitions={[
                            ...(inFiles
                                ? [
                                      {
                                          id: 'file',
                                          header: t('settings.sources.file'),
                                          cell: (one: (typeof problems)[number]) => (
                                              <span className="vg-wrap">{one.file || '–'}</span>
                                          ),
                                      },
                                  ]
                                : []),
                            {
                                id: 'record',
                                header: t('settings.sources.record'),
                                cell: (one) => intl.formatNumber(one.record),
                                width: 110,
                            },
                            {
                                id: 'offset',
                                header: t('settings.sources.offset'),
                                cell: (one) => intl.formatNumber(one.offset),
                                width: 110,
                            },
                            {
                                id: 'message',
                                header: t('settings.sources.message'),
                                cell: (one) => (
                                    <>
                                        <span className="vg-wrap">{one.message}</span>
                                        {one.excerpt && (
                                            <div className="vg-wrap">
                                                <Code>{one.excerpt}</Code>
                                            </div>
                                        )}
                                    </>
                                ),
                            },
                        ]}
                        empty={<Empty title={t('settings.sources.problems.none')} />}
                    />
                )}
            </SpaceBetween>
        </Container>
    );
}

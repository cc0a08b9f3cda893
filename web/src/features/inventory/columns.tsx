import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useIntl } from 'react-intl';
import { useText } from '~/app/intl';
import { link } from '~/app/url';
import { Dotted } from '~/ui/Dotted';
import { Follow } from '~/ui/Follow';
import type { Column } from '~/ui/ListTable';
import { When } from '~/ui/When';
import { Findings } from './Findings';
import { eventsPath, type Items, identityOf, itemPath, type Kind, shortImage, shortImageName, weightOf } from './kinds';

type RangePatch = Record<string, string | null>;

export function State({ state }: { state: Items['containers']['state'] }) {
    const t = useText();
    const type = { running: 'success', stopped: 'stopped', unknown: 'pending' } as const;
    return (
        <StatusIndicator type={type[state]} wrapText={false}>
            {t(`inventory.state.${state}`)}
        </StatusIndicator>
    );
}

export function Online({ host }: { host: Items['hosts'] }) {
    const t = useText();
    return (
        <StatusIndicator type={host.online ? 'success' : 'stopped'} wrapText={false}>
            {t(host.online ? 'inventory.online' : 'inventory.offline')}
        </StatusIndicator>
    );
}

/** The columns of a kind; `range` is that of the page, for its links. */
export function useColumns(range: RangePatch): { [K in Kind]: () => Column<Items[K]>[] } {
    const t = useText();
    const intl = useIntl();
    const number = (value: number) => intl.formatNumber(value);
    const named = <K extends Kind>(kind: K, item: Items[K], text: string) => (
        <Follow to={`${itemPath(kind, identityOf(kind, item).id)}${link('', range)}`}>
            <span className="vg-wrap">{text}</span>
        </Follow>
    );
    const events = <K extends Kind>(kind: K, item: Items[K], count: number) => {
        const identity = identityOf(kind, item);
        return (
            <Follow to={eventsPath(identity, range)} label={t('inventory.events.of', { name: identity.name })}>
                {number(count)}
            </Follow>
        );
    };
    const muted = (text: string) => <div className="vg-muted vg-wrap">{text}</div>;
    /** Lines break between the parts, never within one. */
    const parts = (...all: (string | null | undefined)[]) => (
        <div className="vg-muted">
            {all.filter(Boolean).flatMap((one, at) => [
                at > 0 && ' · ',
                <span key={one} className="vg-whole">
                    {one}
                </span>,
            ])}
        </div>
    );
    const last = <T extends { first: string | null; last: string | null }>(): Column<T> => ({
        id: 'last',
        header: t('inventory.last'),
        cell: (one) => (
            <>
                <When time={one.last} />
                <div className="vg-muted">
                    {t('inventory.since')} <When time={one.first} as="short" />
                </div>
            </>
        ),
        sort: (one) => one.last,
        minWidth: 130,
    });
    return {
        accounts: () => [
            {
                id: 'name',
                header: t('inventory.account'),
                cell: (one) => (
                    <>
                        {named('accounts', one, one.id)}
                        {one.hosts > 0 && muted(t('inventory.hosts.count', { count: one.hosts }))}
                    </>
                ),
                sort: (one) => one.id,
                isRowHeader: true,
                minWidth: 130,
            },
            {
                id: 'events',
                header: t('inventory.events'),
                cell: (one) => (
                    <>
                        {events('accounts', one, one.events)}
                        {muted(t('inventory.calls', { count: one.calls, errors: one.errors }))}
                    </>
                ),
                sort: (one) => one.events,
                minWidth: 140,
            },
            {
                id: 'services',
                header: t('inventory.services'),
                cell: (one) => (
                    <>
                        {number(one.services)}
                        {muted(one.regions.join(', '))}
                    </>
                ),
                sort: (one) => one.services,
                minWidth: 150,
            },
            {
                id: 'alerts',
                header: t('inventory.alerts'),
                cell: (one) => t('inventory.alerts.count', one.alerts),
                sort: (one) => one.alerts.active,
                minWidth: 110,
            },
            last(),
        ],
        hosts: () => [
            {
                id: 'name',
                header: t('inventory.host'),
                cell: (one) => (
                    <>
                        {named('hosts', one, one.name ?? one.id)}
                        {parts(one.instance, one.account)}
                    </>
                ),
                sort: (one) => one.name ?? one.id,
                isRowHeader: true,
                minWidth: 200,
            },
            {
                id: 'state',
                header: t('inventory.state'),
                cell: (one) => (
                    <>
                        <Online host={one} />
                        <div className="vg-muted">
                            <When time={one.received} />
                        </div>
                    </>
                ),
                sort: (one) => one.received,
                minWidth: 120,
            },
            {
                id: 'agent',
                header: t('inventory.agent'),
                cell: (one) => (
                    <>
                        {one.agent_version ?? '–'}
                        {one.os && muted(one.os)}
                    </>
                ),
                sort: (one) => one.agent_version,
            },
            {
                id: 'events',
                header: t('inventory.events'),
                cell: (one) => (
                    <>
                        {events('hosts', one, one.events)}
                        {one.containers > 0 && muted(t('inventory.containers.count', { count: one.containers }))}
                    </>
                ),
                sort: (one) => one.events,
                minWidth: 120,
            },
            {
                id: 'alerts',
                header: t('inventory.alerts'),
                cell: (one) => (
                    <Follow
                        to={link('/alerts', { host: one.name ?? one.id, status: 'all', ...range })}
                        label={t('inventory.alerts.of', { name: one.name ?? one.id })}
                    >
                        <span className="vg-whole">{t('inventory.alerts.count', one.alerts)}</span>
                    </Follow>
                ),
                sort: (one) => one.alerts.active,
                minWidth: 110,
            },
        ],
        containers: () => [
            {
                id: 'name',
                header: t('inventory.container'),
                cell: (one) => (
                    <>
                        {named('containers', one, one.name ?? one.id.slice(0, 12))}
                        {muted(one.id.slice(0, 12))}
                    </>
                ),
                sort: (one) => one.name ?? one.id,
                isRowHeader: true,
                minWidth: 130,
            },
            {
                id: 'last',
                header: t('inventory.state'),
                cell: (one) => (
                    <>
                        <State state={one.state} />
                        <div className="vg-muted">
                            <When time={one.last} />
                        </div>
                    </>
                ),
                sort: (one) => one.last,
                minWidth: 130,
            },
            {
                id: 'image',
                header: t('inventory.image'),
                cell: (one) =>
                    one.image ? (
                        <Follow to={`${itemPath('images', one.image)}${link('', range)}`}>
                            <span className="vg-wrap" title={one.image}>
                                {shortImageName(one.image)}
                            </span>
                        </Follow>
                    ) : (
                        '–'
                    ),
                sort: (one) => one.image,
                minWidth: 135,
            },
            {
                id: 'host',
                header: t('inventory.where'),
                cell: (one) => (
                    <>
                        <Dotted text={one.host ?? '–'} />
                        {muted([one.cluster, one.namespace, one.pod].filter(Boolean).join(' / '))}
                    </>
                ),
                sort: (one) => one.host,
                minWidth: 150,
            },
            {
                id: 'events',
                header: t('inventory.events'),
                cell: (one) => events('containers', one, one.events),
                sort: (one) => one.events,
            },
        ],
        images: () => [
            {
                id: 'name',
                header: t('inventory.image'),
                cell: (one) => (
                    <>
                        {named('images', one, shortImage(one))}
                        {parts(one.account, one.region)}
                    </>
                ),
                sort: (one) => shortImage(one),
                isRowHeader: true,
                minWidth: 190,
            },
            {
                id: 'findings',
                header: t('inventory.findings'),
                cell: (one) => (
                    <>
                        <Findings scan={one.scan} />
                        {one.scan && (
                            <div className="vg-muted">
                                {t('inventory.scanned')} <When time={one.scan.time} />
                            </div>
                        )}
                    </>
                ),
                sort: (one) => weightOf(one.scan),
                minWidth: 220,
            },
            {
                id: 'running',
                header: t('inventory.running'),
                cell: (one) => t('inventory.running.of', { running: one.running, count: one.container_count }),
                sort: (one) => one.running,
                minWidth: 110,
            },
            last(),
        ],
    };
}

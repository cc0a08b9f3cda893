import Box from '@cloudscape-design/components/box';
import CollectionPreferences, {
    type CollectionPreferencesProps,
} from '@cloudscape-design/components/collection-preferences';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { memo, type ReactNode, useMemo } from 'react';
import { useIntl } from 'react-intl';
import { useText } from '~/app/intl';
import { usePagePreference } from '~/app/preferences';
import { Follow } from '~/ui/Follow';
import { Severity } from '~/ui/Severity';
import { When } from '~/ui/When';
import { useIsAt } from './cursor';
import { fitting, useRoom } from './room';
import type { Alert } from './view';

const optional = ['where', 'count', 'last', 'created', 'assignee', 'state'] as const;
type Id = 'severity' | 'title' | (typeof optional)[number];
/** So wide each column must be, px; with the boxes at the left counted to the first. */
const needs: Record<Id, number> = {
    severity: 140,
    title: 220,
    where: 150,
    count: 90,
    last: 120,
    created: 150,
    assignee: 190,
    state: 140,
};
const order: readonly Id[] = ['last', 'where', 'count', 'assignee', 'state', 'created'];
type Kept = { columns: string[]; wrap: boolean };

/** Marks the row that the keys act on; alerts.css colours the row that holds it. */
function Mark({ alert }: { alert: Alert }) {
    const at = useIsAt(alert.id);
    return (
        <span className={at ? 'vg-alert vg-alert-at' : 'vg-alert'} data-alert={alert.id} aria-current={at || undefined}>
            <Severity level={alert.severity} />
        </span>
    );
}

export function State({ alert }: { alert: Alert }) {
    const t = useText();
    return alert.status === 'active' ? (
        <StatusIndicator type="warning">{t('alerts.is.active')}</StatusIndicator>
    ) : (
        <StatusIndicator type="stopped">{t('alerts.is.dismissed')}</StatusIndicator>
    );
}

/** The first part of a host's name, where it has more of them and is no address. */
const shortHost = (host: string) => (/^[^.]*[a-z][^.]*\./i.test(host) ? host.slice(0, host.indexOf('.')) : host);

/** The host, or the account and region of an alert. */
function Place({ alert: { host, account, region } }: { alert: Alert }) {
    if (host)
        return (
            <span className="vg-wrap" title={host}>
                {shortHost(host)}
            </span>
        );
    if (!account && !region) return <>–</>;
    return (
        <>
            <span className="vg-whole">{account}</span> <span className="vg-whole vg-muted">{region}</span>
        </>
    );
}

interface Props {
    alerts: readonly Alert[];
    loading: boolean;
    selected: readonly Alert[];
    onSelect: (alerts: Alert[]) => void;
    onOpen: (alert: Alert) => void;
    header: ReactNode;
    pagination: ReactNode;
    empty: ReactNode;
    filter: ReactNode;
}

/** A page of alerts. Memoised: what changes is the list, never the row that the keys are at. */
export const AlertList = memo(function AlertList(props: Props) {
    const t = useText();
    const intl = useIntl();
    const [kept, keep] = usePagePreference<Kept>('alerts.list', {
        columns: ['where', 'count', 'last', 'assignee'],
        wrap: true,
    });
    const columns = useMemo((): TableProps.ColumnDefinition<Alert>[] => {
        const all: TableProps.ColumnDefinition<Alert>[] = [
            { id: 'severity', header: t('alerts.severity'), width: 84, cell: (alert) => <Mark alert={alert} /> },
            {
                id: 'title',
                header: t('alerts.title'),
                isRowHeader: true,
                width: 520,
                minWidth: 240,
                cell: (alert) => (
                    <Follow to={`/alerts/${alert.id}`}>
                        <span className="vg-wrap">{alert.title}</span>
                    </Follow>
                ),
            },
            { id: 'where', header: t('alerts.where'), width: 170, cell: (alert) => <Place alert={alert} /> },
            {
                id: 'count',
                header: t('alerts.count'),
                width: 80,
                cell: ({ count }) => <Box textAlign="right">{intl.formatNumber(count)}</Box>,
            },
            {
                id: 'last',
                header: t('alerts.last'),
                width: 120,
                cell: ({ last_at }) => (
                    <span className="vg-whole">
                        <When time={last_at} />
                    </span>
                ),
            },
            {
                id: 'created',
                header: t('alerts.created'),
                width: 120,
                cell: ({ created_at }) => <When time={created_at} as="short" />,
            },
            { id: 'assignee', header: t('alerts.assignee'), width: 130, cell: ({ assignee }) => assignee || '–' },
            { id: 'state', header: t('alerts.state'), width: 120, cell: (alert) => <State alert={alert} /> },
        ];
        return all;
    }, [t, intl]);
    const [element, room] = useRoom();
    const shown = fitting(['severity', 'title', ...kept.columns] as Id[], needs, order, room);
    return (
        <div ref={element}>
            <Table
                variant="container"
                items={props.alerts}
                trackBy="id"
                loading={props.loading}
                loadingText={t('ui.loading')}
                columnDefinitions={columns}
                visibleColumns={shown}
                selectionType="multi"
                selectedItems={props.selected as Alert[]}
                onSelectionChange={({ detail }) => props.onSelect(detail.selectedItems)}
                onRowClick={({ detail }) => props.onOpen(detail.item)}
                wrapLines={kept.wrap}
                stickyHeader
                contentDensity="compact"
                header={props.header}
                filter={props.filter}
                pagination={props.pagination}
                empty={props.empty}
                ariaLabels={{
                    tableLabel: t('alerts.table'),
                    selectionGroupLabel: t('alerts.select.group'),
                    allItemsSelectionLabel: () => t('alerts.select.page'),
                    itemSelectionLabel: (_, alert) => t('alerts.select.one', { title: alert.title }),
                }}
                preferences={<ListPreferences kept={kept} keep={keep} />}
            />
        </div>
    );
});

function ListPreferences({ kept, keep }: { kept: Kept; keep: (kept: Kept) => void }) {
    const t = useText();
    const preferences: CollectionPreferencesProps.Preferences = {
        wrapLines: kept.wrap,
        visibleContent: ['severity', 'title', ...kept.columns],
    };
    return (
        <CollectionPreferences
            title={t('alerts.columns')}
            confirmLabel={t('alerts.columns.confirm')}
            cancelLabel={t('ui.cancel')}
            preferences={preferences}
            wrapLinesPreference={{ label: t('alerts.columns.wrap') }}
            visibleContentPreference={{
                title: t('alerts.columns.title'),
                options: [
                    {
                        label: t('alerts.columns.title'),
                        options: [
                            { id: 'severity', label: t('alerts.severity'), editable: false },
                            { id: 'title', label: t('alerts.title'), editable: false },
                            ...optional.map((id) => ({ id, label: t(`alerts.${id}`) })),
                        ],
                    },
                ],
            }}
            onConfirm={({ detail }) =>
                keep({
                    wrap: detail.wrapLines ?? true,
                    columns: optional.filter((id) => detail.visibleContent?.includes(id)),
                })
            }
        />
    );
}

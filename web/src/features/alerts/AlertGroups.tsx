import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import type { ReactNode } from 'react';
import { useIntl } from 'react-intl';
import type { Schemas } from '~/api/client';
import { useText } from '~/app/intl';
import { severityColours } from '~/app/tokens';
import { Follow } from '~/ui/Follow';
import { Severity, severities } from '~/ui/Severity';
import { Sparkline } from '~/ui/Sparkline';
import { When } from '~/ui/When';
import { fitting, useRoom } from './room';

type Group = Schemas['AlertGroup'];

type Id = 'rule' | 'ruleset' | 'alerts' | 'line' | 'events' | 'last';
/** So wide each column must be, px. */
const needs: Record<Id, number> = { rule: 260, ruleset: 140, alerts: 150, line: 130, events: 90, last: 140 };
const order: readonly Id[] = ['line', 'last', 'events', 'ruleset'];

/** The severities that a group has, each with how many. */
function Counts({ counts }: { counts: Group['counts'] }) {
    const intl = useIntl();
    return (
        <SpaceBetween direction="horizontal" size="xs">
            {severities
                .filter((level) => counts[`severity_${level}`] > 0)
                .map((level) => (
                    <span key={level} className="vg-alert-count">
                        <Severity level={level} /> {intl.formatNumber(counts[`severity_${level}`])}
                    </span>
                ))}
        </SpaceBetween>
    );
}

const highest = ({ counts }: Group) => severities.find((level) => counts[`severity_${level}`] > 0) ?? 3;

/** Alerts by rule, with a line of when they were raised; a group opens as the list of its alerts. */
export function AlertGroups({
    groups,
    loading,
    from,
    link,
    header,
    filter,
    pagination,
    empty,
}: {
    groups: readonly Group[];
    loading: boolean;
    /** Where the lines begin. */
    from: string | null;
    /** The view of a rule's alerts. */
    link: (rule: string) => string;
    header: ReactNode;
    filter: ReactNode;
    pagination: ReactNode;
    empty: ReactNode;
}) {
    const t = useText();
    const intl = useIntl();
    const [element, room] = useRoom();
    return (
        <div ref={element}>
            <Table
                variant="container"
                items={groups}
                trackBy="rule_id"
                loading={loading}
                loadingText={t('ui.loading')}
                contentDensity="compact"
                stickyHeader
                wrapLines
                header={header}
                filter={filter}
                pagination={pagination}
                empty={empty}
                visibleColumns={fitting(['rule', 'ruleset', 'alerts', 'line', 'events', 'last'], needs, order, room)}
                ariaLabels={{ tableLabel: t('alerts.groups.table') }}
                columnDefinitions={[
                    {
                        id: 'rule',
                        header: t('alerts.rule'),
                        isRowHeader: true,
                        width: 420,
                        minWidth: 240,
                        cell: (group) => <Follow to={link(group.rule_id)}>{group.rule_name}</Follow>,
                    },
                    { id: 'ruleset', header: t('alerts.ruleset'), width: 130, cell: ({ ruleset }) => ruleset || '–' },
                    {
                        id: 'alerts',
                        header: t('alerts.groups.alerts'),
                        width: 150,
                        cell: ({ counts }) => <Counts counts={counts} />,
                    },
                    {
                        id: 'line',
                        header: t('alerts.groups.line'),
                        width: 130,
                        cell: (group) => (
                            <Sparkline
                                values={group.line}
                                colour={severityColours[highest(group) - 1]}
                                label={t('alerts.groups.line.label', {
                                    count: group.alerts,
                                    from: from ? intl.formatDate(from, { dateStyle: 'medium' }) : '',
                                })}
                            />
                        ),
                    },
                    {
                        id: 'events',
                        header: t('alerts.count'),
                        width: 96,
                        cell: ({ events }) => <Box textAlign="right">{intl.formatNumber(events)}</Box>,
                    },
                    {
                        id: 'last',
                        header: t('alerts.last'),
                        width: 150,
                        cell: ({ last_at }) => (
                            <span className="vg-whole">
                                <When time={last_at} />
                            </span>
                        ),
                    },
                ]}
            />
        </div>
    );
}

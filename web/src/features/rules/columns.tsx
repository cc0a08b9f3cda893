import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import type { TableProps } from '@cloudscape-design/components/table';
import Toggle from '@cloudscape-design/components/toggle';
import type { ReactNode } from 'react';
import { FormattedNumber } from 'react-intl';
import type { useText } from '~/app/intl';
import { severityColours } from '~/app/tokens';
import { link } from '~/app/url';
import { Follow } from '~/ui/Follow';
import { Severity } from '~/ui/Severity';
import { Sparkline } from '~/ui/Sparkline';
import { When } from '~/ui/When';
import type { Rule, SeverityLevel } from './data';
import { type Activity, activityOf, type Row } from './rows';
import { SeverityMenu } from './SeverityMenu';
import { departures } from './upstream';

type Text = ReturnType<typeof useText>;

/** What acts by itself within a row, so that a click on it does not open the row. */
function Own({ children }: { children: ReactNode }) {
    return (
        <span
            className="vg-severity-cell"
            onClick={(event) => event.stopPropagation()}
            onKeyDown={(event) => event.stopPropagation()}
        >
            {children}
        </span>
    );
}

interface Tools {
    t: Text;
    mayChange: boolean;
    activity: ReadonlyMap<string, Activity> | undefined;
    /** Whether rules stand beneath their rulesets. */
    grouped: boolean;
    settle: (rules: readonly Rule[], change: { severity?: SeverityLevel; enabled?: boolean }) => void;
}

/** The rule of a row, when it is no ruleset. */
export const ruleOf = (row: Row): Rule | null => (row.ruleset === undefined ? (row.rules[0] ?? null) : null);

function Name({ row, t }: { row: Row; t: Text }) {
    const rule = ruleOf(row);
    if (!rule)
        return (
            <Box fontWeight="bold" display="inline">
                {row.ruleset || t('rules.ruleset.none')}{' '}
                <Box display="inline" color="text-body-secondary" fontWeight="normal">
                    {t('rules.ruleset.on', {
                        on: row.rules.filter(({ enabled }) => enabled).length,
                        all: row.rules.length,
                    })}
                </Box>
            </Box>
        );
    return (
        <Own>
            <Follow to={`/rules/${rule.id}`}>{rule.name}</Follow>
            {!rule.managed && <Badge color="blue">{t('rules.own')}</Badge>}
            {departures(rule).length > 0 && <Badge color="grey">{t('rules.changed')}</Badge>}
        </Own>
    );
}

function Week({ row, tools: { t, activity } }: { row: Row; tools: Tools }) {
    const week = activityOf(row.rules, activity)?.week ?? 0;
    const rule = ruleOf(row);
    if (week === 0) return '–';
    if (!rule) return <FormattedNumber value={week} />;
    return (
        <Own>
            <Follow
                to={link('/alerts', { rule: rule.id, status: 'all', range: '7d' })}
                label={t('rules.alerts.of', { count: week, name: rule.name })}
            >
                <FormattedNumber value={week} />
            </Follow>
        </Own>
    );
}

function Days({ row, tools: { t, activity } }: { row: Row; tools: Tools }) {
    const days = activityOf(row.rules, activity);
    if (!days) return <Box color="text-body-secondary">{t('rules.quiet')}</Box>;
    const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
    return (
        <Sparkline
            values={days.alerted}
            colour={severityColours[1]}
            above={[
                { values: days.matched.map((matched, at) => Math.max(0, matched - (days.alerted[at] ?? 0))) },
                { values: days.suppressed, colour: 'var(--vg-line)' },
            ]}
            label={t('rules.activity.line', {
                matched: sum(days.matched),
                suppressed: sum(days.suppressed),
                alerted: sum(days.alerted),
            })}
        />
    );
}

/** The columns of the table of rules. What cannot be changed by this person is shown all the same. */
export function columnsOf(tools: Tools): TableProps.ColumnDefinition<Row>[] {
    const { t, mayChange, activity, grouped, settle } = tools;
    const on: TableProps.ColumnDefinition<Row> = {
        id: 'status',
        header: t('rules.on'),
        width: 80,
        sortingField: 'status',
        cell: (row) => {
            const rule = ruleOf(row);
            return (
                <Own>
                    <Toggle
                        checked={row.rules.every(({ enabled }) => enabled)}
                        disabled={!mayChange}
                        ariaLabel={
                            rule
                                ? t('rules.on.of', { name: rule.name })
                                : t('rules.on.all', { name: row.ruleset || t('rules.ruleset.none') })
                        }
                        onChange={({ detail }) => settle(row.rules, { enabled: detail.checked })}
                    />
                </Own>
            );
        },
    };
    const severity: TableProps.ColumnDefinition<Row> = {
        id: 'severity',
        header: t('rules.severity'),
        width: 125,
        sortingField: 'severity',
        cell: (row) => {
            const rule = ruleOf(row);
            if (!rule) return null;
            return (
                <Own>
                    <Severity level={rule.severity} />
                    <SeverityMenu
                        name={rule.name}
                        level={rule.severity}
                        disabled={!mayChange}
                        onChange={(level) => settle([rule], { severity: level })}
                    />
                </Own>
            );
        },
    };
    const name: TableProps.ColumnDefinition<Row> = {
        id: 'name',
        header: t('rules.name'),
        minWidth: 190,
        sortingField: 'name',
        isRowHeader: true,
        cell: (row) => <Name row={row} t={t} />,
    };
    const rest: (TableProps.ColumnDefinition<Row> | false)[] = [
        !grouped && {
            id: 'ruleset',
            header: t('rules.ruleset'),
            width: 120,
            cell: (row) => [ruleOf(row)?.ruleset, ...(ruleOf(row)?.rulesets ?? [])].filter(Boolean).join(', '),
        },
        {
            id: 'suppressions',
            header: t('rules.suppressions'),
            width: 115,
            cell: (row) =>
                row.rules.reduce((sum, one) => sum + one.suppressions.length + one.suppressions_count, 0) || '–',
        },
        {
            id: 'week',
            header: t('rules.week'),
            width: 100,
            sortingField: 'alerts',
            cell: (row) => <Week row={row} tools={tools} />,
        },
        {
            id: 'fired',
            header: t('rules.fired'),
            width: 125,
            minWidth: 100,
            sortingField: 'fired',
            cell: (row) => {
                const at = activityOf(row.rules, activity)?.lastAt;
                return at ? <When time={at} /> : '–';
            },
        },
        { id: 'days', header: t('rules.activity'), width: 120, cell: (row) => <Days row={row} tools={tools} /> },
    ];
    // What opens a ruleset stands in the first column.
    const first = grouped ? [name, on, severity] : [on, severity, name];
    return [...first, ...rest.filter((one) => one !== false)];
}

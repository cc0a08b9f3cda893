import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Pagination from '@cloudscape-design/components/pagination';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import SplitPanel from '@cloudscape-design/components/split-panel';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import Toggle from '@cloudscape-design/components/toggle';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';
import { useNavigate } from 'react-router';
import type { Schemas } from '~/api/client';
import { activityQuery } from '~/api/queries';
import { useText } from '~/app/intl';
import { useKeys } from '~/app/keys';
import { Page } from '~/app/page';
import { useSession } from '~/app/session';
import { link, useUrl } from '~/app/url';
import { Code } from '~/ui/Code';
import { CopyAs } from '~/ui/Copy';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { Severity } from '~/ui/Severity';
import { Sparkline } from '~/ui/Sparkline';
import { type Rule, rulesQuery, type SeverityLevel, wantedOf } from './data';
import { SeverityMenu } from './SeverityMenu';
import { useSettle } from './useSettle';

const pageSize = 50;
const byRule = ({ rules }: Schemas['RulesActivity']) => new Map(rules.map((one) => [one.rule_id, one]));

export default function RulesPage() {
    const t = useText();
    const navigate = useNavigate();
    const { get, set } = useUrl();
    const { may } = useSession();
    const rules = useQuery(rulesQuery());
    const activity = useQuery({ ...activityQuery(30), select: byRule, staleTime: 60_000 });
    const settle = useSettle();
    const [chosen, setChosen] = useState<readonly string[]>([]);
    const wanted = {
        q: get('q'),
        ruleset: get('ruleset'),
        type: get('type'),
        status: get('status'),
        severity: get('severity'),
        attack: get('attack'),
    };
    const open = get('open') || null;
    const sort = get('sort', 'name');
    const page = Math.max(1, Number(get('page', '1')) || 1);

    const all = rules.data ?? [];
    const alertsOf = (rule: Rule) => activity.data?.get(rule.id)?.alerted ?? 0;
    const sorts: Record<string, (rule: Rule) => string | number> = {
        name: (rule) => rule.name.toLowerCase(),
        severity: (rule) => rule.severity,
        alerts: alertsOf,
        status: (rule) => (rule.enabled ? 0 : 1),
    };
    const key = sort.replace(/^-/, '');
    const found = wantedOf(all, wanted).sort((a, b) => {
        const [one, other] = [sorts[key]?.(a) ?? '', sorts[key]?.(b) ?? ''];
        return (one < other ? -1 : one > other ? 1 : a.name.localeCompare(b.name)) * (sort.startsWith('-') ? -1 : 1);
    });
    const pages = Math.max(1, Math.ceil(found.length / pageSize));
    const shown = found.slice((Math.min(page, pages) - 1) * pageSize, Math.min(page, pages) * pageSize);
    const selected = all.filter(({ id }) => chosen.includes(id));
    const opened = all.find(({ id }) => id === open);
    const change = (patch: Record<string, string | null>) => set({ page: null, ...patch });
    const options = useMemo(() => {
        const of = (values: string[]) => [...new Set(values)].sort();
        const list = rules.data ?? [];
        return {
            ruleset: of(list.flatMap((rule) => [rule.ruleset, ...rule.rulesets]).filter(Boolean)),
            type: of(list.map((rule) => rule.type)),
            attack: of(list.flatMap((rule) => rule.attack)),
        };
    }, [rules.data]);
    const step = (by: number) => {
        const at = shown.findIndex(({ id }) => id === open);
        const next = shown[at < 0 ? 0 : Math.max(0, Math.min(shown.length - 1, at + by))];
        if (next) set({ open: next.id });
    };
    const quick = (severity: SeverityLevel) => ({
        id: `rules.severity.${severity}`,
        keys: String(severity),
        keyOnly: true,
        disabled: !opened || !may('user'),
        run: () => opened && settle.mutate({ rules: [opened], change: { severity } }),
    });
    useKeys([
        {
            id: 'rules.search',
            keys: '/',
            run: () => document.querySelector<HTMLElement>('#vg-rules-search input')?.focus(),
        },
        { id: 'rules.next', keys: 'j', keyOnly: true, run: () => step(1) },
        { id: 'rules.previous', keys: 'k', keyOnly: true, run: () => step(-1) },
        {
            id: 'rules.open',
            keys: 'Enter',
            keyOnly: true,
            disabled: !opened,
            run: () => opened && navigate(`/rules/${opened.id}`),
        },
        { id: 'rules.close', keys: 'Escape', keyOnly: true, disabled: !opened, run: () => set({ open: null }) },
        {
            id: 'rules.switch',
            keys: 't',
            keyOnly: true,
            disabled: !opened || !may('user'),
            run: () => opened && settle.mutate({ rules: [opened], change: { enabled: !opened.enabled } }),
        },
        quick(1),
        quick(2),
        quick(3),
        { id: 'rules.new', run: () => navigate('/rules/new'), disabled: !may('user') },
    ]);
    const select = (
        id: 'ruleset' | 'type' | 'status' | 'severity' | 'attack',
        values: readonly string[],
        textOf: (value: string) => string = (value) => value,
    ) => {
        const items = [
            { value: '', label: t(`rules.any.${id}`) },
            ...values.map((value) => ({ value, label: textOf(value) })),
        ];
        return (
            <Select
                selectedOption={
                    items.find(({ value }) => value === wanted[id]) ?? { value: wanted[id], label: wanted[id] }
                }
                options={items}
                onChange={({ detail }) => change({ [id]: detail.selectedOption.value || null })}
                ariaLabel={t(`rules.any.${id}`)}
                expandToViewport
                filteringType={items.length > 12 ? 'auto' : 'none'}
            />
        );
    };
    const columns: TableProps.ColumnDefinition<Rule>[] = [
        {
            id: 'status',
            header: t('rules.on'),
            width: 90,
            sortingField: 'status',
            cell: (rule) => (
                <Own>
                    <Toggle
                        checked={rule.enabled}
                        disabled={!may('user')}
                        ariaLabel={t('rules.on.of', { name: rule.name })}
                        onChange={({ detail }) => settle.mutate({ rules: [rule], change: { enabled: detail.checked } })}
                    />
                </Own>
            ),
        },
        {
            id: 'severity',
            header: t('rules.severity'),
            width: 115,
            sortingField: 'severity',
            cell: (rule) => (
                <Own>
                    <Severity level={rule.severity} />
                    <SeverityMenu
                        name={rule.name}
                        level={rule.severity}
                        disabled={!may('user')}
                        onChange={(severity) => settle.mutate({ rules: [rule], change: { severity } })}
                    />
                </Own>
            ),
        },
        {
            id: 'name',
            header: t('rules.name'),
            minWidth: 260,
            sortingField: 'name',
            isRowHeader: true,
            cell: (rule) => (
                <Own>
                    <Follow to={`/rules/${rule.id}`}>{rule.name}</Follow>{' '}
                    {!rule.managed && <Badge color="blue">{t('rules.own')}</Badge>}
                </Own>
            ),
        },
        {
            id: 'ruleset',
            header: t('rules.ruleset'),
            width: 130,
            cell: (rule) => [rule.ruleset, ...rule.rulesets].filter(Boolean).join(', '),
        },
        { id: 'type', header: t('rules.type'), width: 110, cell: (rule) => rule.type },
        {
            id: 'suppressions',
            header: t('rules.suppressions'),
            width: 120,
            cell: (rule) => rule.suppressions.length + rule.suppressions_count || '–',
        },
        {
            id: 'alerts',
            header: t('rules.activity'),
            width: 190,
            sortingField: 'alerts',
            cell: (rule) => {
                const one = activity.data?.get(rule.id);
                if (!one) return <Box color="text-body-secondary">{t('rules.quiet')}</Box>;
                return (
                    <Own>
                        <Sparkline
                            values={one.days.matched}
                            label={t('rules.activity.line', {
                                matched: one.matched,
                                suppressed: one.suppressed,
                                alerted: one.alerted,
                            })}
                        />
                        <Follow
                            to={link('/alerts', { rule: rule.id, status: 'all', range: '30d' })}
                            label={t('rules.alerts.of', { count: one.alerted, name: rule.name })}
                        >
                            {one.alerted.toLocaleString()}
                        </Follow>
                    </Own>
                );
            },
        },
    ];
    const sortingColumn = columns.find(({ sortingField }) => sortingField === key);
    const narrowed = Object.values(wanted).some(Boolean);
    return (
        <Page
            title={t('rules.title')}
            help="rules.help"
            contentType="table"
            splitPanel={
                opened && (
                    <SplitPanel header={opened.name}>
                        <RulePanel rule={opened} />
                    </SplitPanel>
                )
            }
            onSplitToggle={(isOpen) => {
                if (!isOpen) set({ open: null });
            }}
        >
            {rules.error ? (
                <ErrorBox error={rules.error} retry={() => rules.refetch()} />
            ) : (
                <Table
                    variant="full-page"
                    stickyHeader
                    loading={rules.isPending}
                    loadingText={t('ui.loading')}
                    items={shown}
                    trackBy="id"
                    columnDefinitions={columns}
                    selectionType={may('user') ? 'multi' : undefined}
                    selectedItems={selected}
                    onSelectionChange={({ detail }) => setChosen(detail.selectedItems.map(({ id }) => id))}
                    ariaLabels={{
                        tableLabel: t('rules.title'),
                        selectionGroupLabel: t('rules.select'),
                        allItemsSelectionLabel: () => t('rules.select.all'),
                        itemSelectionLabel: (_state, rule) => t('rules.select.one', { name: rule.name }),
                    }}
                    onRowClick={({ detail }) => set({ open: detail.item.id })}
                    sortingColumn={sortingColumn}
                    sortingDescending={sort.startsWith('-')}
                    onSortingChange={({ detail }) =>
                        change({ sort: `${detail.isDescending ? '-' : ''}${detail.sortingColumn.sortingField}` })
                    }
                    header={
                        <Header
                            variant="awsui-h1-sticky"
                            counter={rules.data && (narrowed ? `(${found.length}/${all.length})` : `(${all.length})`)}
                            actions={
                                <SpaceBetween direction="horizontal" size="xs">
                                    <ButtonDropdown
                                        disabled={selected.length === 0}
                                        items={[
                                            { id: 'on', text: t('rules.do.on') },
                                            { id: 'off', text: t('rules.do.off') },
                                            ...([1, 2, 3] as const).map((level) => ({
                                                id: String(level),
                                                text: t('rules.do.severity', { level }),
                                            })),
                                        ]}
                                        onItemClick={({ detail }) =>
                                            settle.mutate({
                                                rules: selected,
                                                change:
                                                    detail.id === 'on' || detail.id === 'off'
                                                        ? { enabled: detail.id === 'on' }
                                                        : { severity: Number(detail.id) as SeverityLevel },
                                            })
                                        }
                                    >
                                        {selected.length > 0
                                            ? t('rules.do.count', { count: selected.length })
                                            : t('rules.do')}
                                    </ButtonDropdown>
                                    <CopyAs call={{ path: '/api/v1/rules?limit=1000' }} json={found} />
                                    <Button
                                        variant="primary"
                                        disabled={!may('user')}
                                        onClick={() => navigate('/rules/new')}
                                    >
                                        {t('rules.new')}
                                    </Button>
                                </SpaceBetween>
                            }
                        >
                            {t('rules.title')}
                        </Header>
                    }
                    filter={
                        <div className="vg-rules-filter">
                            <div id="vg-rules-search">
                                <Input
                                    type="search"
                                    value={wanted.q}
                                    placeholder={t('rules.find')}
                                    ariaLabel={t('rules.find')}
                                    onChange={({ detail }) => change({ q: detail.value || null })}
                                />
                            </div>
                            {select('ruleset', options.ruleset)}
                            {select('type', options.type)}
                            {select('status', ['on', 'off'], (value) => t(`rules.status.${value}`))}
                            {select('severity', ['1', '2', '3'], (value) =>
                                t('ui.severity.short', { level: Number(value) }),
                            )}
                            {select('attack', options.attack)}
                            {narrowed && (
                                <Button
                                    variant="inline-link"
                                    onClick={() =>
                                        change({
                                            q: null,
                                            ruleset: null,
                                            type: null,
                                            status: null,
                                            severity: null,
                                            attack: null,
                                        })
                                    }
                                >
                                    {t('rules.clear')}
                                </Button>
                            )}
                        </div>
                    }
                    pagination={
                        pages > 1 && (
                            <Pagination
                                currentPageIndex={Math.min(page, pages)}
                                pagesCount={pages}
                                onChange={({ detail }) => set({ page: detail.currentPageIndex })}
                            />
                        )
                    }
                    empty={
                        <Empty title={t('rules.none')} text={t(narrowed ? 'rules.none.narrowed' : 'rules.none.text')} />
                    }
                />
            )}
        </Page>
    );
}

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

function RulePanel({ rule }: { rule: Rule }) {
    const t = useText();
    const navigate = useNavigate();
    return (
        <SpaceBetween size="m">
            <SpaceBetween direction="horizontal" size="xs">
                <Button variant="primary" onClick={() => navigate(`/rules/${rule.id}?tab=filter`)}>
                    {t(rule.managed ? 'rules.panel.test' : 'rules.panel.edit')}
                </Button>
                <Button onClick={() => navigate(link('/events', { filter: rule.filter.trim(), range: '7d' }))}>
                    {t('rules.panel.events')}
                </Button>
            </SpaceBetween>
            <Code block>{rule.filter.trim()}</Code>
            <Box variant="p">{rule.description}</Box>
            <KeyValuePairs
                columns={2}
                items={[
                    { label: t('rules.alert-title'), value: <span className="vg-wrap">{rule.title}</span> },
                    { label: t('rules.aggregates'), value: rule.aggregate_fields.join(', ') || '–' },
                    {
                        label: t('rules.threshold'),
                        value: t('rules.threshold.text', {
                            count: rule.threshold,
                            minutes: Math.round(rule.window_s / 60),
                        }),
                    },
                    { label: 'MITRE ATT&CK', value: rule.attack.join(', ') || '–' },
                ]}
            />
        </SpaceBetween>
    );
}

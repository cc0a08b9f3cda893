import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import SplitPanel from '@cloudscape-design/components/split-panel';
import Table from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useNavigate } from 'react-router';
import type { Schemas } from '~/api/client';
import { activityQuery } from '~/api/queries';
import { useText } from '~/app/intl';
import { useKeys } from '~/app/keys';
import { Page } from '~/app/page';
import { useSession } from '~/app/session';
import { useUrl } from '~/app/url';
import { CopyAs } from '~/ui/Copy';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { columnsOf, ruleOf } from './columns';
import { type Rule, rulesQuery, type SeverityLevel, type Wanted, wantedOf } from './data';
import { ExportRules } from './ExportRules';
import { RulePanel } from './RulePanel';
import { RulesFilter } from './RulesFilter';
import { activityOf, chosenAfter, type Row, ruleRow, rulesetRows, selectedRows } from './rows';
import { useSettle } from './useSettle';

const pageSize = 50;
const facets = ['q', 'ruleset', 'type', 'status', 'severity', 'attack', 'origin'] as const;
const byRule = ({ rules }: Schemas['RulesActivity']) => new Map(rules.map((one) => [one.rule_id, one]));

export default function RulesPage() {
    const t = useText();
    const navigate = useNavigate();
    const { get, set } = useUrl();
    const { may } = useSession();
    const rules = useQuery(rulesQuery());
    const activity = useQuery({ ...activityQuery(30), select: byRule, staleTime: 60_000 });
    const settle = useSettle();
    const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
    const wanted = Object.fromEntries(facets.map((one) => [one, get(one)])) as unknown as Wanted;
    const narrowed = Object.values(wanted).some(Boolean);
    // At first one sees the rulesets; what is looked for stands in one list.
    const view = get('view', narrowed ? 'list' : 'rulesets');
    const grouped = view === 'rulesets';
    const open = get('open') || null;
    const sort = get('sort', 'name');
    const page = Math.max(1, Number(get('page', '1')) || 1);
    const expanded = useMemo(() => new Set(get('expanded').split(',')), [get]);

    const all = rules.data ?? [];
    const activityOfOne = (rule: Rule) => activityOf([rule], activity.data);
    const sorts: Record<string, (rule: Rule) => string | number> = {
        name: (rule) => rule.name.toLowerCase(),
        severity: (rule) => rule.severity,
        alerts: (rule) => activityOfOne(rule)?.week ?? 0,
        fired: (rule) => activityOfOne(rule)?.lastAt ?? '',
        status: (rule) => (rule.enabled ? 0 : 1),
    };
    const key = sort.replace(/^-/, '');
    const found = wantedOf(all, wanted).sort((a, b) => {
        const [one, other] = [sorts[key]?.(a) ?? '', sorts[key]?.(b) ?? ''];
        return (one < other ? -1 : one > other ? 1 : a.name.localeCompare(b.name)) * (sort.startsWith('-') ? -1 : 1);
    });
    const rows = grouped ? rulesetRows(found) : found.map((rule) => ruleRow(rule));
    const pages = Math.max(1, Math.ceil(rows.length / pageSize));
    const shown = rows.slice((Math.min(page, pages) - 1) * pageSize, Math.min(page, pages) * pageSize);
    const childrenOf = (row: Row) =>
        row.ruleset === undefined ? [] : row.rules.map((rule) => ruleRow(rule, row.ruleset));
    const isExpanded = (row: Row) => row.ruleset !== undefined && expanded.has(row.ruleset || '-');
    const visible = shown.flatMap((row) => (grouped ? [row, ...(isExpanded(row) ? childrenOf(row) : [])] : [row]));
    const selected = selectedRows(visible, chosen);
    const chosenRules = all.filter(({ id }) => chosen.has(id));
    const opened = all.find(({ id }) => id === open);
    const change = (patch: Record<string, string | null>) => set({ page: null, ...patch });
    const step = (by: number) => {
        const steps = visible.flatMap((row) => ruleOf(row) ?? []);
        const at = steps.findIndex(({ id }) => id === open);
        const next = steps[at < 0 ? 0 : Math.max(0, Math.min(steps.length - 1, at + by))];
        if (next) set({ open: next.id });
    };
    const toggle = (name: string, isOpen: boolean) => {
        const names = new Set([...expanded].filter(Boolean));
        if (isOpen) names.add(name || '-');
        else names.delete(name || '-');
        set({ expanded: [...names].join(',') });
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
        { id: 'rules.import', run: () => navigate('/rules/import'), disabled: !may('user') },
    ]);
    const columns = columnsOf({
        t,
        grouped,
        mayChange: may('user'),
        activity: activity.data,
        settle: (these, what) => settle.mutate({ rules: these, change: what }),
    });
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
                    wrapLines
                    loading={rules.isPending}
                    loadingText={t('ui.loading')}
                    items={shown}
                    trackBy="key"
                    columnDefinitions={columns}
                    selectionType={may('user') ? 'multi' : undefined}
                    selectedItems={selected}
                    onSelectionChange={({ detail }) => setChosen(chosenAfter(chosen, selected, detail.selectedItems))}
                    expandableRows={
                        grouped
                            ? {
                                  getItemChildren: childrenOf,
                                  isItemExpandable: (row) => row.ruleset !== undefined,
                                  expandedItems: shown.filter(isExpanded),
                                  onExpandableItemToggle: ({ detail }) =>
                                      toggle(detail.item.ruleset ?? '', detail.expanded),
                              }
                            : undefined
                    }
                    ariaLabels={{
                        tableLabel: t('rules.title'),
                        selectionGroupLabel: t('rules.select'),
                        allItemsSelectionLabel: () => t('rules.select.all'),
                        itemSelectionLabel: (_state, row) =>
                            t('rules.select.one', {
                                name: ruleOf(row)?.name ?? (row.ruleset || t('rules.ruleset.none')),
                            }),
                        expandButtonLabel: (row) => t('rules.ruleset.open', { name: row.ruleset ?? '' }),
                        collapseButtonLabel: (row) => t('rules.ruleset.close', { name: row.ruleset ?? '' }),
                    }}
                    onRowClick={({ detail }) => {
                        const rule = ruleOf(detail.item);
                        if (rule) set({ open: rule.id });
                        else toggle(detail.item.ruleset ?? '', !isExpanded(detail.item));
                    }}
                    sortingColumn={columns.find(({ sortingField }) => sortingField === key)}
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
                                        disabled={chosenRules.length === 0}
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
                                                rules: chosenRules,
                                                change:
                                                    detail.id === 'on' || detail.id === 'off'
                                                        ? { enabled: detail.id === 'on' }
                                                        : { severity: Number(detail.id) as SeverityLevel },
                                            })
                                        }
                                    >
                                        {chosenRules.length > 0
                                            ? t('rules.do.count', { count: chosenRules.length })
                                            : t('rules.do')}
                                    </ButtonDropdown>
                                    <ExportRules all={all} found={found} chosen={chosenRules} narrowed={narrowed} />
                                    <Button disabled={!may('user')} onClick={() => navigate('/rules/import')}>
                                        {t('rules.import')}
                                    </Button>
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
                        <RulesFilter rules={all} wanted={wanted} onChange={change}>
                            <SegmentedControl
                                label={t('rules.view')}
                                selectedId={view}
                                options={['rulesets', 'list'].map((id) => ({ id, text: t(`rules.view.${id}`) }))}
                                onChange={({ detail }) => change({ view: detail.selectedId })}
                            />
                        </RulesFilter>
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

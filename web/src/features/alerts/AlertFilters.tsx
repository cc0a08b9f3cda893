import PropertyFilter, { type PropertyFilterProps } from '@cloudscape-design/components/property-filter';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import Select from '@cloudscape-design/components/select';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { api, body, type Schemas } from '~/api/client';
import { ruleTypes } from '~/api/rule-types';
import { useText } from '~/app/intl';
import { rangePatch } from '~/app/range';
import { useSession } from '~/app/session';
import { useUrl } from '~/app/url';
import { severities } from '~/ui/Severity';
import { TimeRange } from '~/ui/TimeRange';
import { peopleQuery } from './data';
import { cloudTrail, patchOf, patchOfTab, tabOfView, tokensOf } from './filters';
import { nobody, properties, type View } from './view';

const statuses = ['active', 'dismissed', 'all'] as const;

/** Severity with counts, CloudTrail, status and time; they live in the URL. */
export function AlertFilters({ view, counts }: { view: View; counts: Schemas['AlertCounts'] | undefined }) {
    const t = useText();
    const intl = useIntl();
    const { set } = useUrl();
    const sum = counts?.counts.reduce((all, { count }) => all + count, 0);
    const number = (count: number | undefined) => (count === undefined ? '' : ` (${intl.formatNumber(count)})`);
    const status = statuses.map((value) => ({ value, label: t(`alerts.status.${value}`) }));
    const change = (patch: Parameters<typeof set>[0]) => set({ ...patch, page: null });
    return (
        <div className="vg-alert-filters">
            <SegmentedControl
                label={t('alerts.severity')}
                selectedId={tabOfView(view)}
                onChange={({ detail }) => change(patchOfTab(detail.selectedId, view))}
                options={[
                    ...severities.map((level) => ({
                        id: String(level),
                        text: `${t('ui.severity.short', { level })}${number(
                            counts?.counts.find(({ severity }) => severity === level)?.count,
                        )}`,
                    })),
                    { id: cloudTrail, text: cloudTrail },
                    { id: 'all', text: `${t('alerts.severity.all')}${number(sum)}` },
                ]}
            />
            <div className="vg-alert-status">
                <Select
                    selectedOption={status.find(({ value }) => value === view.status) ?? null}
                    options={status}
                    onChange={({ detail }) =>
                        change({
                            status: detail.selectedOption.value === 'active' ? null : detail.selectedOption.value,
                        })
                    }
                    ariaLabel={t('alerts.state')}
                />
            </div>
            <div className="vg-alert-time">
                <TimeRange
                    value={view.range}
                    onChange={(range) => change(rangePatch(range))}
                    onClear={() => change({ range: null, from: null, until: null })}
                    none={t('alerts.any-time')}
                />
            </div>
        </div>
    );
}

/** What else alerts are narrowed by: title, rule, ruleset, type, host, assignee. */
export function PropertyFilters({ view }: { view: View }) {
    const { set } = useUrl();
    const t = useText();
    const { who } = useSession();
    const [wanted, setWanted] = useState(false);
    const rules = useQuery({
        queryKey: ['rules', 'names'],
        queryFn: async ({ signal }) =>
            (await body(api.GET('/api/v1/rules', { signal }))).rules.map(({ id, name, ruleset }) => ({
                id,
                name,
                ruleset,
            })),
        enabled: wanted || view.properties.rule !== undefined,
        staleTime: 60_000,
    });
    const people = useQuery({ ...peopleQuery(), enabled: wanted });
    const option = (propertyKey: string, value: string, label?: string) => ({ propertyKey, value, label });
    const options: PropertyFilterProps.FilteringOption[] = [
        ...(rules.data ?? []).map(({ id, name }) => option('rule', id, name)),
        ...[...new Set((rules.data ?? []).map(({ ruleset }) => ruleset))]
            .filter(Boolean)
            .map((name) => option('ruleset', name)),
        ...ruleTypes.map((one) => option('type', one)),
        option('assignee', nobody, t('alerts.assign.nobody')),
        ...[...new Set([who, ...(people.data ?? [])])].map((one) => option('assignee', one)),
    ];
    return (
        <PropertyFilter
            query={{ tokens: tokensOf(view), operation: 'and' }}
            onChange={({ detail }) => set({ ...patchOf(detail.tokens), page: null })}
            onLoadItems={() => setWanted(true)}
            filteringStatusType={wanted && rules.isLoading ? 'loading' : 'finished'}
            hideOperations
            expandToViewport
            filteringProperties={properties.map((key) => ({
                key,
                propertyLabel: t(`alerts.filter.${key}`),
                groupValuesLabel: t(`alerts.filter.${key}`),
                operators: key === 'title' ? [':'] : ['='],
                defaultOperator: key === 'title' ? (':' as const) : ('=' as const),
            }))}
            filteringOptions={options}
            filteringPlaceholder={t('alerts.filter.placeholder')}
            filteringAriaLabel={t('alerts.filter.placeholder')}
            i18nStrings={{ filteringAriaLabel: t('alerts.filter.placeholder') }}
        />
    );
}

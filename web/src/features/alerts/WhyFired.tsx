import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useIntl } from 'react-intl';
import { ApiError, type Schemas } from '~/api/client';
import { useText } from '~/app/intl';
import { useTimes } from '~/app/time';
import { useUrl } from '~/app/url';
import { Code } from '~/ui/Code';
import { ErrorBox } from '~/ui/ErrorBox';
import { FilterExplained } from '~/ui/FilterExplained';
import { Loading } from '~/ui/Loading';
import { summaryOf } from '~/ui/summary';
import { eventsQuery, explainQuery, ruleQuery } from './data';
import { useSpan } from './Facts';
import { type Alert, windowSeconds } from './view';

/** What was counted, and why the rule's filter, as it stands, holds of one of the alert's events. */
export function WhyFired({ alert }: { alert: Alert }) {
    const t = useText();
    const words = useSpan();
    const rule = useQuery(ruleQuery(alert.rule_id));
    if (rule.error)
        return rule.error instanceof ApiError && rule.error.status === 404 ? (
            <Box>{t('alerts.why.gone')}</Box>
        ) : (
            <ErrorBox error={rule.error} retry={() => rule.refetch()} />
        );
    if (!rule.data) return <Loading rows={3} />;
    const { filter, threshold, description, aggregate_fields, updated_at } = rule.data;
    const changed = updated_at && Date.parse(updated_at) > Date.parse(alert.raised_at);
    return (
        <SpaceBetween size="s">
            {description && <Box variant="p">{description}</Box>}
            <Box>
                {t('alerts.why.counted', {
                    threshold,
                    span: words(windowSeconds(alert)),
                    fields: aggregate_fields.join(', '),
                    grouped: aggregate_fields.length,
                })}
            </Box>
            {threshold > 1 && !changed && <Made alert={alert} threshold={threshold} />}
            {changed && <Box color="text-status-warning">{t('alerts.why.changed')}</Box>}
            <Explained alert={alert} />
            <ExpandableSection variant="footer" headerText={t('alerts.why.filter')}>
                <Code block>{filter.trim()}</Code>
            </ExpandableSection>
        </SpaceBetween>
    );
}

/** The matches that made an alert of a rule that waits for several. */
function Made({ alert, threshold }: { alert: Alert; threshold: number }) {
    const t = useText();
    const intl = useIntl();
    const words = useSpan();
    const times = useTimes();
    return (
        <Box>
            {t('alerts.why.made', {
                threshold: intl.formatNumber(threshold),
                span: words(windowSeconds(alert)),
                from: times.absolute(alert.first_at),
                until: times.absolute(alert.created_at),
                count: intl.formatNumber(alert.count),
            })}
        </Box>
    );
}

/** The latest event, or the one that the URL names. */
function Explained({ alert }: { alert: Alert }) {
    const t = useText();
    const times = useTimes();
    const { get, set } = useUrl();
    const events = useInfiniteQuery(eventsQuery(alert.id));
    const all = events.data?.pages.flatMap((page) => page.events as Schemas['AlertEvent'][]) ?? [];
    const [latest] = all;
    const event = all.find(({ id }) => id === get('event')) ?? latest;
    const explained = useQuery({ ...explainQuery(alert.id, event?.id ?? ''), enabled: event !== undefined });
    const error = events.error ?? explained.error;
    if (error) return <ErrorBox error={error} retry={() => (events.error ? events : explained).refetch()} />;
    if (events.isPending) return <Loading rows={3} />;
    if (!event) return <Box color="text-body-secondary">{t('alerts.events.none')}</Box>;
    const options = all.map((one) => ({
        value: one.id,
        label: `${times.absolute(one.time)} · ${summaryOf(one.record, one.type).what}`,
        tags: one === latest ? [t('alerts.why.event.latest')] : [],
    }));
    return (
        <SpaceBetween size="s">
            {all.length > 1 && (
                <FormField label={t('alerts.why.event')} stretch>
                    <Select
                        options={options}
                        selectedOption={options.find(({ value }) => value === event.id)!}
                        onChange={({ detail }) =>
                            set({
                                event: detail.selectedOption.value === latest?.id ? null : detail.selectedOption.value,
                            })
                        }
                        statusType={events.isFetchingNextPage ? 'loading' : 'finished'}
                        loadingText={t('ui.loading')}
                        onLoadItems={() => events.hasNextPage && events.fetchNextPage()}
                    />
                </FormField>
            )}
            {explained.data ? <FilterExplained explained={explained.data} /> : <Loading rows={4} />}
        </SpaceBetween>
    );
}

import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { ApiError } from '~/api/client';
import { useText } from '~/app/intl';
import { Code } from '~/ui/Code';
import { ErrorBox } from '~/ui/ErrorBox';
import { Loading } from '~/ui/Loading';
import { ruleQuery } from './data';
import { useSpan } from './Facts';
import { type Alert, windowSeconds } from './view';

/** The rule's filter, as it stands, and what was counted. */
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
            <Code block>{filter.trim()}</Code>
            {changed && <Box color="text-status-warning">{t('alerts.why.changed')}</Box>}
        </SpaceBetween>
    );
}

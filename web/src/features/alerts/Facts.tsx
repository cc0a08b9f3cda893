import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import { useIntl } from 'react-intl';
import { useText } from '~/app/intl';
import { Follow } from '~/ui/Follow';
import { Severity } from '~/ui/Severity';
import { When } from '~/ui/When';
import { State } from './AlertList';
import { ruleQuery } from './data';
import { type Alert, completeness, span, windowSeconds } from './view';

/** A number of seconds in words: "10 minutes". */
export function useSpan() {
    const intl = useIntl();
    return (seconds: number) => {
        const [count, unit] = span(seconds);
        return intl.formatNumber(count, { style: 'unit', unit, unitDisplay: 'long' });
    };
}

const outcomes = { whole: 'success', broken: 'error', unproven: 'pending', untold: 'info' } as const;

/** Whether all is there that CloudTrail recorded in the hour of the alert. */
function Completeness({ alert }: { alert: Alert }) {
    const t = useText();
    const { outcome, ...counts } = completeness(alert);
    return <StatusIndicator type={outcomes[outcome]}>{t(`alerts.completeness.${outcome}`, counts)}</StatusIndicator>;
}

/** What an alert is, in a few pairs. */
export function Facts({ alert, columns }: { alert: Alert; columns: number }) {
    const t = useText();
    const intl = useIntl();
    const words = useSpan();
    const rule = useQuery(ruleQuery(alert.rule_id));
    const dismissed = alert.status === 'dismissed';
    return (
        <KeyValuePairs
            columns={columns}
            minColumnWidth={130}
            items={[
                { label: t('alerts.severity'), value: <Severity level={alert.severity} /> },
                { label: t('alerts.state'), value: <State alert={alert} /> },
                {
                    label: t('alerts.rule'),
                    value: rule.error ? (
                        t('alerts.rule.gone', { name: alert.rule_name })
                    ) : (
                        <Follow to={`/rules/${alert.rule_id}`}>{alert.rule_name}</Follow>
                    ),
                },
                { label: t('alerts.assignee'), value: alert.assignee || t('alerts.assign.nobody') },
                { label: t('alerts.count'), value: intl.formatNumber(alert.count) },
                {
                    label: t('alerts.window'),
                    value: rule.data
                        ? t('alerts.window.of', { threshold: rule.data.threshold, span: words(windowSeconds(alert)) })
                        : words(windowSeconds(alert)),
                },
                { label: t('alerts.first'), value: <When time={alert.first_at} as="short" /> },
                { label: t('alerts.last'), value: <When time={alert.last_at} as="short" /> },
                ...(alert.account ? [{ label: t('alerts.account'), value: alert.account }] : []),
                ...(alert.region ? [{ label: t('alerts.region'), value: alert.region }] : []),
                ...(alert.completeness === undefined || alert.rule_type !== 'CloudTrail'
                    ? []
                    : [{ label: t('alerts.completeness'), value: <Completeness alert={alert} /> }]),
                ...(alert.host ? [{ label: t('alerts.filter.host'), value: alert.host }] : []),
                ...(dismissed
                    ? [
                          {
                              label: t('alerts.dismissed.by'),
                              value: (
                                  <>
                                      {alert.dismissed_by}, <When time={alert.dismissed_at} />
                                  </>
                              ),
                          },
                          {
                              label: t('alerts.dismiss.reason'),
                              value:
                                  alert.dismiss_reason === 'OTHER'
                                      ? alert.dismiss_text
                                      : t(`alerts.reason.${alert.dismiss_reason}`),
                          },
                      ]
                    : []),
            ]}
        />
    );
}

import Box from '@cloudscape-design/components/box';
import Icon from '@cloudscape-design/components/icon';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import { useText } from '~/app/intl';
import { ErrorBox } from '~/ui/ErrorBox';
import { Loading } from '~/ui/Loading';
import { Sparkline } from '~/ui/Sparkline';
import { When } from '~/ui/When';
import { contextQuery } from './data';
import { sentencesOf } from './usual';
import type { Alert } from './view';

/** How usual the alert is, by the 30 days before it. */
export function Usual({ alert }: { alert: Alert }) {
    const t = useText();
    const context = useQuery(contextQuery(alert.id));
    if (context.error) return <ErrorBox error={context.error} retry={() => context.refetch()} />;
    if (!context.data) return <Loading rows={3} />;
    const { values, events, alerts_complete } = context.data;
    const hours = events?.user_hours;
    return (
        <SpaceBetween size="s">
            {events && (
                <ul className="vg-usual">
                    {sentencesOf(events, alert.first_at).map(({ id, values: said, unusual }) => (
                        <li key={id} className={unusual ? 'vg-usual-not' : undefined}>
                            <Icon
                                name={unusual ? 'status-warning' : 'status-positive'}
                                variant={unusual ? 'warning' : 'subtle'}
                            />
                            <span>{t(`alerts.usual.${id}`, said)}</span>
                        </li>
                    ))}
                </ul>
            )}
            {hours?.some((count) => count > 0) && (
                <div>
                    <Box variant="small">{t('alerts.usual.hours', { user: events?.user ?? '' })}</Box>
                    <Sparkline
                        values={hours}
                        width={240}
                        height={32}
                        label={t('alerts.usual.hours.label', {
                            hours: hours.flatMap((count, hour) => (count > 0 ? [`${hour}h: ${count}`] : [])).join(', '),
                        })}
                    />
                </div>
            )}
            {values.length > 0 && (
                <table className="vg-pivots">
                    <thead>
                        <tr>
                            <th scope="col">{t('alerts.usual.value')}</th>
                            <th scope="col">{t('alerts.usual.rule')}</th>
                            <th scope="col">{t('alerts.usual.any')}</th>
                            <th scope="col">{t('alerts.usual.first')}</th>
                        </tr>
                    </thead>
                    <tbody>
                        {values.map((one) => (
                            <tr key={one.field}>
                                <td>
                                    <span className="vg-muted">{one.field}</span> {one.value}
                                </td>
                                <td>{t('alerts.usual.alerts', { count: one.rule_alerts, days: one.rule_days })}</td>
                                <td>{t('alerts.usual.alerts', { count: one.alerts, days: one.days })}</td>
                                <td>
                                    {one.first_at ? <When time={one.first_at} as="short" /> : t('alerts.usual.never')}
                                </td>
                            </tr>
                        ))}
                    </tbody>
                </table>
            )}
            {(!alerts_complete || (events && !events.complete)) && (
                <StatusIndicator type="warning" wrapText>
                    {t(alerts_complete ? 'alerts.usual.part.events' : 'alerts.usual.part.alerts')}
                </StatusIndicator>
            )}
        </SpaceBetween>
    );
}

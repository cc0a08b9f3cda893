import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { aroundQuery } from '~/api/queries';
import { useText } from '~/app/intl';
import { conditionOf } from '~/filter';
import { Follow } from '~/ui/Follow';
import { Loading } from '~/ui/Loading';
import { eventsQuery } from './data';
import { eventsLink, filterOfDimension, investigateLink } from './pivots';
import type { Alert } from './view';

/** Who and what the alert is about, each with the ways on from there. */
export function Pivots({ alert }: { alert: Alert }) {
    const t = useText();
    const events = useInfiniteQuery(eventsQuery(alert.id));
    const first = events.data?.pages[0]?.events[0];
    const around = useQuery({ ...aroundQuery(first?.id ?? '', '24h'), enabled: Boolean(first), staleTime: 300_000 });
    if (events.isLoading || around.isLoading) return <Loading rows={3} />;
    const dimensions = around.data?.dimensions ?? [];
    const told = new Set(dimensions.map(({ value }) => value));
    const rest = alert.aggregates.filter(({ value }) => value && !told.has(value));
    return (
        <SpaceBetween size="xs">
            <table className="vg-pivots">
                <tbody>
                    {dimensions.map((one) => {
                        const filter = filterOfDimension(one);
                        return (
                            <tr key={`${one.name} ${one.value}`}>
                                <th scope="row">{t(`alerts.pivot.${one.name}`)}</th>
                                <td>{one.value}</td>
                                <td>
                                    <span className="vg-pivot-ways">
                                        <Follow
                                            to={investigateLink(alert, one)}
                                            label={t('alerts.pivot.investigate.label', { value: one.value })}
                                        >
                                            {t('alerts.pivot.investigate')}
                                        </Follow>{' '}
                                        {filter && (
                                            <Follow
                                                to={eventsLink(alert, filter)}
                                                label={t('alerts.pivot.events.label', { value: one.value })}
                                            >
                                                {t('alerts.pivot.events', { count: one.events })}
                                            </Follow>
                                        )}
                                    </span>
                                </td>
                            </tr>
                        );
                    })}
                    {rest.map(({ field, value }) => (
                        <tr key={`${field} ${value}`}>
                            <th scope="row">{field}</th>
                            <td>{value}</td>
                            <td>
                                <Follow
                                    to={eventsLink(alert, conditionOf(field, value))}
                                    label={t('alerts.pivot.events.label', { value })}
                                >
                                    {t('alerts.pivot.search')}
                                </Follow>
                            </td>
                        </tr>
                    ))}
                </tbody>
            </table>
            {dimensions.length > 0 && (
                <Box variant="small" color="text-body-secondary">
                    {t('alerts.pivot.span')}
                </Box>
            )}
        </SpaceBetween>
    );
}

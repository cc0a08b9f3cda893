import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import { useIntl } from 'react-intl';
import { useNavigate } from 'react-router';
import { api, body } from '~/api/client';
import { useText } from '~/app/intl';
import { useLiveAlerts } from '~/app/live';
import { link } from '~/app/url';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { Severity } from '~/ui/Severity';
import { When } from '~/ui/When';
import type { Source } from './data';

/** How often is looked for what has not come yet, ms. */
export const lookEvery = 2000;

/** The alert to begin with: the gravest, and of these the newest. */
export function useFirstAlert() {
    const alerts = useQuery({
        queryKey: ['alerts', 'first'],
        queryFn: async ({ signal }) => {
            for (const severity of [1, 2, 3]) {
                const query = { status: 'active' as const, severity: [severity], limit: 1 };
                const page = await body(api.GET('/api/v1/alerts', { params: { query }, signal }));
                if (page.alerts[0]) return page.alerts[0];
            }
            return null;
        },
        refetchInterval: (query) => (query.state.data ? false : lookEvery),
    });
    useLiveAlerts(() => void (alerts.data ? undefined : alerts.refetch()));
    return alerts;
}

/** What came of the sources so far. */
export function Arrivals({ sources, error, retry }: { sources: Source[] | undefined; error: unknown; retry(): void }) {
    const t = useText();
    const intl = useIntl();
    if (error) return <ErrorBox error={error} retry={retry} />;
    const accepted = sources?.reduce((sum, one) => sum + one.accepted, 0) ?? 0;
    const last = sources
        ?.map((one) => one.last_batch ?? '')
        .sort()
        .at(-1);
    const problems = sources?.flatMap((one) => one.problems).slice(0, 3) ?? [];
    const refused = sources?.reduce((sum, one) => sum + one.refused + one.refused_batches, 0) ?? 0;
    return (
        <SpaceBetween size="xs">
            <div role="status">
                {accepted > 0 ? (
                    <StatusIndicator type="success">
                        {t('overview.start.arrived', { count: accepted })} <When time={last} />
                    </StatusIndicator>
                ) : (
                    <StatusIndicator type="in-progress">{t('overview.start.waiting')}</StatusIndicator>
                )}
            </div>
            {refused > 0 && (
                <div>
                    <StatusIndicator type="warning">{t('overview.start.refused', { count: refused })}</StatusIndicator>
                    <ul className="vg-problems">
                        {problems.map((problem) => (
                            <li key={`${problem.file} ${problem.record} ${problem.message}`}>
                                {problem.file && `${problem.file}: `}
                                {t('overview.start.problem', {
                                    record: intl.formatNumber(problem.record),
                                    message: problem.message,
                                })}
                            </li>
                        ))}
                    </ul>
                </div>
            )}
        </SpaceBetween>
    );
}

export function FirstAlert({ arrived }: { arrived: boolean }) {
    const t = useText();
    const navigate = useNavigate();
    const first = useFirstAlert();
    if (first.error) return <ErrorBox error={first.error} retry={() => first.refetch()} />;
    if (!first.data)
        return (
            <SpaceBetween size="xs">
                <div role="status">
                    <StatusIndicator type={arrived ? 'in-progress' : 'pending'}>
                        {t(arrived ? 'overview.start.alert.waiting' : 'overview.start.alert.later')}
                    </StatusIndicator>
                </div>
                {arrived && <Box color="text-body-secondary">{t('overview.start.alert.hint')}</Box>}
            </SpaceBetween>
        );
    const alert = first.data;
    return (
        <SpaceBetween size="m">
            <div role="status" className="vg-first">
                <Severity level={alert.severity} long />
                <Follow to={`/alerts/${encodeURIComponent(alert.id)}`} fontSize="heading-m">
                    {alert.title}
                </Follow>
                <Box variant="small">
                    {t('overview.start.alert.by', { count: alert.count })} <When time={alert.created_at} />
                </Box>
            </div>
            <SpaceBetween direction="horizontal" size="xs">
                <Button variant="primary" onClick={() => navigate(`/alerts/${encodeURIComponent(alert.id)}`)}>
                    {t('overview.start.alert.open')}
                </Button>
                <Button onClick={() => navigate(link('/alerts'))}>{t('overview.start.inbox')}</Button>
                <Button onClick={() => navigate('/')}>{t('overview.title')}</Button>
            </SpaceBetween>
        </SpaceBetween>
    );
}

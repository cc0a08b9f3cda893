import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import { useIntl } from 'react-intl';
import { useText } from '~/app/intl';
import { severityColours } from '~/app/tokens';
import { link } from '~/app/url';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { Loading } from '~/ui/Loading';
import { Severity, severities } from '~/ui/Severity';
import { type Times, useAlertBars, weeksOf } from './data';
import { WeekLine } from './WeekLine';

/** How many alerts the last 24 hours brought, by severity, and how that goes over two weeks. */
export function NewAlerts({ times }: { times: Times }) {
    const t = useText();
    const intl = useIntl();
    const bars = useAlertBars(times.twoWeeksAgo, times.now, '1d');
    return (
        <Container header={<Header variant="h2">{t('overview.new')}</Header>}>
            {bars.error ? (
                <ErrorBox error={bars.error} retry={() => bars.refetch()} />
            ) : !bars.data ? (
                <Loading rows={3} />
            ) : (
                <ColumnLayout columns={3} variant="text-grid">
                    {severities.map((severity) => {
                        const { now, before } = weeksOf(bars.data, severity);
                        const today = now[6] ?? 0;
                        const yesterday = now[5] ?? 0;
                        const sum = (values: number[]) => values.reduce((total, one) => total + one, 0);
                        return (
                            <div key={severity} className="vg-tile">
                                <div className="vg-tile-number">
                                    <Follow
                                        to={link('/alerts', { status: 'all', severity, range: '24h' })}
                                        label={t('overview.new.link', { count: today, severity })}
                                        fontSize="display-l"
                                    >
                                        {intl.formatNumber(today)}
                                    </Follow>
                                    <Severity level={severity} long />
                                    <Box variant="small">{t('overview.new.before', { count: yesterday })}</Box>
                                </div>
                                <div className="vg-tile-line">
                                    <WeekLine
                                        now={now}
                                        before={before}
                                        end={times.now}
                                        colour={severityColours[severity - 1]!}
                                        label={t('overview.week.line', {
                                            severity,
                                            now: sum(now),
                                            before: sum(before),
                                        })}
                                    />
                                    <Box variant="small">
                                        {t('overview.week.sum', { now: sum(now), before: sum(before) })}
                                    </Box>
                                </div>
                            </div>
                        );
                    })}
                </ColumnLayout>
            )}
        </Container>
    );
}

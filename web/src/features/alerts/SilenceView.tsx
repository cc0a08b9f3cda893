import Box from '@cloudscape-design/components/box';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { colorChartsPaletteCategorical1, colorChartsStatusNeutral } from '@cloudscape-design/design-tokens';
import { useIntl } from 'react-intl';
import { useText } from '~/app/intl';
import { useTimes } from '~/app/time';
import { ErrorBox } from '~/ui/ErrorBox';
import { Histogram } from '~/ui/Histogram';
import type { useSilence } from './silence';

/** What a suppression would have done in the last 30 days. */
export function SilenceView({ silence }: { silence: ReturnType<typeof useSilence> }) {
    const t = useText();
    const intl = useIntl();
    const times = useTimes();
    const { data, error, progress, busy, span } = silence;
    if (error) return <ErrorBox error={error} retry={silence.again} />;
    if (!data)
        return (
            <ProgressBar
                value={progress?.all_events ? (100 * progress.events) / progress.all_events : 0}
                label={t('alerts.silence.running')}
                additionalInfo={
                    progress
                        ? t('alerts.silence.progress', { events: progress.events, all: progress.all_events })
                        : busy
                          ? ''
                          : t('alerts.silence.waiting')
                }
            />
        );
    return (
        <SpaceBetween size="xs">
            <Box fontSize="heading-m" fontWeight="bold">
                {t('alerts.silence', { silenced: data.silenced, alerts: data.alerts })}
            </Box>
            <Box color="text-body-secondary">
                {t('alerts.silence.matches', { quieted: data.quieted, matches: data.matches })}{' '}
                {!span.now && t('alerts.silence.span', { since: times.day(span.since), until: times.day(span.until) })}
            </Box>
            {data.thisOne !== null && (
                <StatusIndicator type={data.thisOne ? 'success' : 'warning'} wrapText>
                    {t(data.thisOne ? 'alerts.silence.this' : 'alerts.silence.not-this')}
                </StatusIndicator>
            )}
            {data.alerts > 3 && data.silenced === data.alerts && (
                <StatusIndicator type="warning" wrapText>
                    {t('alerts.silence.all')}
                </StatusIndicator>
            )}
            {data.alerts > 0 && (
                <Histogram
                    title={t('alerts.silence.days')}
                    bars={data.days.map(({ begin, left, silenced }) => ({ begin, counts: [left, silenced] }))}
                    width={86400}
                    height={80}
                    series={[
                        { label: t('alerts.silence.left'), colour: colorChartsPaletteCategorical1 },
                        { label: t('alerts.silence.silenced'), colour: colorChartsStatusNeutral },
                    ]}
                />
            )}
            {data.alerts > 0 && (
                <span className="vg-hidden">
                    {intl.formatNumber(data.silenced / data.alerts, { style: 'percent' })}
                </span>
            )}
        </SpaceBetween>
    );
}

import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { FormattedNumber } from 'react-intl';
import { type BacktestProgress, type BacktestQuestion, backtest, everyDay } from '~/api/backtest';
import type { Schemas } from '~/api/client';
import { useText } from '~/app/intl';
import { severityColours } from '~/app/tokens';
import { ErrorBox } from './ErrorBox';
import { Follow } from './Follow';
import { Histogram } from './Histogram';
import { sampleText } from './sample';
import { When } from './When';

interface Props {
    /** What is tested; null while it cannot be. The span is chosen here. */
    question: Omit<BacktestQuestion, 'since' | 'until'> | null;
}

const spans = ['1', '7', '30'] as const;
/** So long nothing changes before history is asked, ms. */
const pause = 600;
/** Alerts an hour above which a rule is noise. */
const noiseFrom = 1;

function Figure({ label, value, tone }: { label: string; value: number; tone?: 'text-status-warning' }) {
    return (
        <div>
            <Box variant="awsui-key-label">{label}</Box>
            <Box fontSize="heading-l" fontWeight="bold" color={tone}>
                <FormattedNumber value={value} />
            </Box>
        </div>
    );
}

const oneDay = 86_400_000;

/** What a rule would have done over the last days, while it is written: matches and alerts by day, samples, old against new. */
export function Backtest({ question }: Props) {
    const t = useText();
    const [days, setDays] = useState<string>('7');
    const [settled, setSettled] = useState(question);
    const [asked, setAsked] = useState(() => Date.now());
    const [progress, setProgress] = useState<BacktestProgress | null>(null);
    const text = JSON.stringify(question);
    // biome-ignore lint/correctness/useExhaustiveDependencies: its text stands for the question
    useEffect(() => {
        // What is asked already is not asked again.
        if (text === JSON.stringify(settled)) return;
        const timer = setTimeout(() => {
            setSettled(question);
            setAsked(Date.now());
        }, pause);
        return () => clearTimeout(timer);
    }, [text]);
    const run = useQuery({
        queryKey: ['backtest', JSON.stringify(settled), days, asked],
        queryFn: ({ signal }) => {
            setProgress(null);
            const iso = (ms: number) => new Date(ms).toISOString();
            return backtest(
                { ...settled!, since: iso(asked - Number(days) * oneDay), until: iso(asked) },
                { signal, progress: setProgress },
            );
        },
        enabled: settled !== null,
        staleTime: Number.POSITIVE_INFINITY,
        placeholderData: (before) => before,
        retry: false,
    });
    const shown: Schemas['BacktestResult'] | BacktestProgress | null = run.isFetching
        ? (progress ?? run.data ?? null)
        : (run.data ?? null);
    const perHour = shown ? shown.alerts / (Number(days) * 24) : 0;
    return (
        <SpaceBetween size="s">
            <SpaceBetween direction="horizontal" size="m" alignItems="center">
                <SegmentedControl
                    label={t('ui.backtest.span')}
                    selectedId={days}
                    options={spans.map((id) => ({ id, text: t('ui.backtest.days', { days: Number(id) }) }))}
                    onChange={({ detail }) => setDays(detail.selectedId)}
                />
                {run.isFetching && (
                    <ProgressBar
                        ariaLabel={t('ui.backtest.running')}
                        value={progress?.all_events ? (100 * progress.events) / progress.all_events : 0}
                        additionalInfo={
                            progress
                                ? t('ui.backtest.progress', { events: progress.events, all: progress.all_events })
                                : ' '
                        }
                    />
                )}
            </SpaceBetween>
            {question === null && <Box color="text-body-secondary">{t('ui.backtest.invalid')}</Box>}
            {run.error && <ErrorBox error={run.error} retry={() => run.refetch()} />}
            {shown && (
                <>
                    <ColumnLayout columns={4} minColumnWidth={110}>
                        <Figure label={t('ui.backtest.matched')} value={shown.matched} />
                        <Figure label={t('ui.backtest.suppressed')} value={shown.suppressed} />
                        <Figure
                            label={t('ui.backtest.alerts')}
                            value={shown.alerts}
                            tone={perHour > noiseFrom ? 'text-status-warning' : undefined}
                        />
                        <Figure label={t('ui.backtest.events')} value={shown.events} />
                    </ColumnLayout>
                    {perHour > noiseFrom && (
                        <StatusIndicator type="warning" wrapText>
                            {t('ui.backtest.noise', { rate: Math.round(perHour * 10) / 10 })}
                        </StatusIndicator>
                    )}
                    {shown.compared && (
                        <Box>
                            {t('ui.backtest.compared', {
                                more: shown.compared.only_new,
                                fewer: shown.compared.only_old,
                                both: shown.compared.both,
                            })}
                        </Box>
                    )}
                    <Histogram
                        title={t('ui.backtest.by-day')}
                        width={86400}
                        height={110}
                        series={[
                            { label: t('ui.backtest.alerts'), colour: severityColours[1] },
                            { label: t('ui.backtest.other'), colour: severityColours[2] },
                        ]}
                        bars={everyDay(shown.days, asked - Number(days) * oneDay, asked).map(
                            ({ day, matched, alerted }) => ({
                                begin: `${day}T00:00:00Z`,
                                counts: [alerted, Math.max(0, matched - alerted)],
                            }),
                        )}
                    />
                </>
            )}
            {run.data && !run.isFetching && <Samples result={run.data} />}
        </SpaceBetween>
    );
}

function Samples({ result }: { result: Schemas['BacktestResult'] }) {
    const t = useText();
    const groups = (['only_new', 'only_old', 'matched'] as const).map((id) => ({
        id,
        events: result.samples[id].slice(0, 5),
    }));
    const alerts = result.newest_alerts.slice(0, 5);
    return (
        <ColumnLayout columns={2}>
            {alerts.length > 0 && (
                <div>
                    <Box variant="awsui-key-label">{t('ui.backtest.newest')}</Box>
                    <ul className="vg-samples">
                        {alerts.map((alert, at) => (
                            <li key={at}>
                                <When time={alert.created_at} as="short" /> · {alert.title ?? t('ui.backtest.untitled')}{' '}
                                ({alert.count})
                            </li>
                        ))}
                    </ul>
                </div>
            )}
            {groups
                .filter(({ events }) => events.length > 0)
                .map(({ id, events }) => (
                    <div key={id}>
                        <Box variant="awsui-key-label">{t(`ui.backtest.samples.${id}`)}</Box>
                        <ul className="vg-samples">
                            {events.map((event) => (
                                <li key={event.id}>
                                    <When time={event.time} as="short" /> ·{' '}
                                    <Follow to={`/events/${encodeURIComponent(event.id)}`}>{sampleText(event)}</Follow>
                                </li>
                            ))}
                        </ul>
                    </div>
                ))}
        </ColumnLayout>
    );
}

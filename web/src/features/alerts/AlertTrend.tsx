import ExpandableSection from '@cloudscape-design/components/expandable-section';
import { useQuery } from '@tanstack/react-query';
import { useText } from '~/app/intl';
import { usePagePreference } from '~/app/preferences';
import { widths } from '~/app/range';
import { severityColours } from '~/app/tokens';
import { ErrorBox } from '~/ui/ErrorBox';
import { Histogram } from '~/ui/Histogram';
import { Loading } from '~/ui/Loading';
import { severities } from '~/ui/Severity';
import { histogramQuery } from './data';
import type { View } from './view';

/** Alerts over time by severity. A span that is drawn narrows the view; a double click takes it off. */
export function AlertTrend({
    view,
    now,
    onSelect,
    onWiden,
}: {
    view: View;
    now: number;
    onSelect: (from: string, until: string) => void;
    onWiden: () => void;
}) {
    const t = useText();
    const [open, setOpen] = usePagePreference('alerts.trend', true);
    const histogram = useQuery({ ...histogramQuery(view, now), enabled: open });
    const width = widths.find(([name]) => name === histogram.data?.width)?.[1] ?? 3600;
    return (
        <ExpandableSection
            variant="footer"
            headerText={t('alerts.trend')}
            expanded={open}
            onChange={({ detail }) => setOpen(detail.expanded)}
        >
            {histogram.error ? (
                <ErrorBox error={histogram.error} retry={() => histogram.refetch()} />
            ) : !histogram.data ? (
                <Loading rows={3} />
            ) : (
                <Histogram
                    title={t('alerts.trend')}
                    bars={histogram.data.bars.map(({ begin, counts }) => ({
                        begin,
                        counts: [counts.severity_1, counts.severity_2, counts.severity_3],
                    }))}
                    width={width}
                    height={76}
                    series={severities.map((level) => ({
                        label: t('ui.severity.short', { level }),
                        colour: severityColours[level - 1]!,
                    }))}
                    onSelect={onSelect}
                    onWiden={onWiden}
                />
            )}
        </ExpandableSection>
    );
}

import ExpandableSection from '@cloudscape-design/components/expandable-section';
import {
    colorBorderDividerDefault,
    colorChartsPaletteCategorical1,
    colorTextBodySecondary,
} from '@cloudscape-design/design-tokens';
import { useIntl } from 'react-intl';
import uPlot from 'uplot';
import { useText } from '~/app/intl';
import { useTimes } from '~/app/time';
import { Plot, tip, tokenColour } from './Plot';

export interface Series {
    label: string;
    /** A design token. */
    colour: string;
}
export interface Bar {
    /** RFC 3339. */
    begin: string;
    /** One for each series, stacked from the first up. */
    counts: readonly number[];
}
interface Props {
    /** What is counted, as "Events" or "Alerts". */
    title: string;
    bars: readonly Bar[];
    /** Of a bar, seconds. */
    width: number;
    /** Left out: one series without a name. */
    series?: readonly Series[];
    height?: number;
    /** A span was drawn with the mouse; RFC 3339, the second beyond it. */
    onSelect?: (from: string, until: string) => void;
    /** Double click: a wider span is wanted. */
    onWiden?: () => void;
}

const iso = (seconds: number) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

/** Sums from the first series up, so that each is drawn over those beneath it. */
export function stacked(bars: readonly Bar[], series: number): number[][] {
    return Array.from({ length: series }, (_, upTo) =>
        bars.map(({ counts }) => counts.slice(0, upTo + 1).reduce((sum, one) => sum + one, 0)),
    );
}

/** Bars over time, of which a span can be drawn; the same as a table for who does not see them. */
export function Histogram({ title, bars, width, series, height = 110, onSelect, onWiden }: Props) {
    const t = useText();
    const intl = useIntl();
    const times = useTimes();
    const shown = series ?? [{ label: title, colour: colorChartsPaletteCategorical1 }];
    const begins = bars.map((bar) => Date.parse(bar.begin) / 1000);
    const sums = stacked(bars, shown.length);
    const totals = sums[sums.length - 1] ?? [];
    const total = totals.reduce((sum, one) => sum + one, 0);
    const most = Math.max(0, ...totals);
    const first = bars[0]?.begin;
    const last = begins.length > 0 ? iso(begins[begins.length - 1]! + width) : undefined;
    const label = first
        ? t('ui.histogram.summary', {
              title,
              total: intl.formatNumber(total),
              from: times.short(first),
              until: times.short(last!),
              most: intl.formatNumber(most),
              at: times.short(bars[totals.indexOf(most)]?.begin ?? first),
          })
        : t('ui.histogram.none', { title });

    const hint = tip((plot, left) => {
        const bar = bars[Math.floor((plot.posToVal(left, 'x') - begins[0]!) / width)];
        if (!bar) return null;
        return [
            times.short(bar.begin),
            ...shown.map((one, index) => `${one.label}: ${intl.formatNumber(bar.counts[index] ?? 0)}`),
        ].join('\n');
    });
    const days = width >= 86400 || (begins.length > 0 && begins[begins.length - 1]! - begins[0]! > 3 * 86400);
    const options = (pixels: number): uPlot.Options => ({
        width: pixels,
        height,
        // The last label of the axis stands out by half of itself.
        padding: [6, 28, 0, 0],
        legend: { show: false },
        cursor: { y: false, drag: { x: Boolean(onSelect), y: false, setScale: false }, points: { show: false } },
        select: { show: Boolean(onSelect), left: 0, top: 0, width: 0, height: 0 },
        tzDate: (seconds) =>
            times.zone === 'utc' ? uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC') : new Date(seconds * 1000),
        scales: {
            x: { time: true, range: () => (first ? [begins[0]!, begins[begins.length - 1]! + width] : [0, 1]) },
            y: { range: (_plot, _low, high) => [0, Math.max(1, high * 1.08)] },
        },
        axes: [
            axis({
                size: 26,
                // Days are written longer than hours: "27 de out.".
                space: days ? 76 : 50,
                // The same day is not written twice.
                values: (_plot, splits) =>
                    splits.map((at, index) =>
                        index > 0 && tickText(at) === tickText(splits[index - 1]!) ? '' : tickText(at),
                    ),
            }),
            axis({
                size: 46,
                values: (_plot, splits) =>
                    splits.map((one) => (Number.isInteger(one) ? intl.formatNumber(one, { notation: 'compact' }) : '')),
            }),
        ],
        series: [
            {},
            ...shown
                .map(({ label: name, colour }) => ({
                    label: name,
                    fill: tokenColour(colour),
                    width: 0,
                    points: { show: false },
                    paths: uPlot.paths.bars!({ align: 1, size: [0.86, 60] }),
                }))
                .reverse(),
        ],
        hooks: {
            ready: [
                (plot) => {
                    if (onWiden) plot.over.addEventListener('dblclick', onWiden);
                    hint.ready(plot);
                },
            ],
            setCursor: [hint.setCursor],
            setSelect: [
                (plot) => {
                    if (!onSelect || plot.select.width < 4) return;
                    const low = plot.posToVal(plot.select.left, 'x');
                    const high = plot.posToVal(plot.select.left + plot.select.width, 'x');
                    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
                    // Whole bars: the one in which it begins up to the one in which it ends.
                    const start = begins[0]! + Math.floor((low - begins[0]!) / width) * width;
                    const end = begins[0]! + Math.ceil((high - begins[0]!) / width) * width;
                    onSelect(iso(start), iso(end));
                },
            ],
        },
    });
    function tickText(at: number): string {
        return days ? times.day(at * 1000) : times.clock(at * 1000).slice(0, 5);
    }
    return (
        <div className="vg-histogram">
            <Plot
                options={options}
                data={[begins, ...sums.toReversed()]}
                revision={JSON.stringify([begins, totals, width, shown, times.zone, intl.locale, Boolean(onSelect)])}
                label={label}
                height={height}
            />
            <div className="vg-histogram-foot">
                {series && (
                    <ul className="vg-legend">
                        {shown.map((one) => (
                            <li key={one.label}>
                                <span style={{ background: one.colour }} />
                                {one.label}
                            </li>
                        ))}
                    </ul>
                )}
                {bars.length > 0 && (
                    <ExpandableSection headerText={t('ui.histogram.table')} variant="inline">
                        <div className="vg-histogram-table" tabIndex={0} role="region" aria-label={title}>
                            <table>
                                <thead>
                                    <tr>
                                        <th>{t('ui.time')}</th>
                                        {shown.map((one) => (
                                            <th key={one.label}>{one.label}</th>
                                        ))}
                                    </tr>
                                </thead>
                                <tbody>
                                    {bars
                                        .filter((_bar, index) => (totals[index] ?? 0) > 0)
                                        .map((bar) => (
                                            <tr key={bar.begin}>
                                                <td>{times.short(bar.begin)}</td>
                                                {shown.map((one, index) => (
                                                    <td key={one.label}>{intl.formatNumber(bar.counts[index] ?? 0)}</td>
                                                ))}
                                            </tr>
                                        ))}
                                </tbody>
                            </table>
                        </div>
                    </ExpandableSection>
                )}
            </div>
        </div>
    );
}

function axis(more: uPlot.Axis): uPlot.Axis {
    return {
        stroke: tokenColour(colorTextBodySecondary),
        font: '12px "Open Sans", sans-serif',
        grid: { stroke: tokenColour(colorBorderDividerDefault), width: 1 },
        ticks: { show: false },
        gap: 4,
        ...more,
    };
}

import { colorBorderDividerDefault, colorChartsPaletteCategorical1 } from '@cloudscape-design/design-tokens';
import { useIntl } from 'react-intl';
import uPlot from 'uplot';
import { useTimes } from '~/app/time';
import { Plot, tip, tokenColour } from '~/ui/Plot';

/** Bars without axes, from 0 up, for many side by side. What it says stands in `label`. */
export function SmallPlot({
    begins,
    values,
    width,
    label,
    colour = colorChartsPaletteCategorical1,
    height = 56,
}: {
    begins: readonly string[];
    values: readonly number[];
    /** Of a bar, seconds. */
    width: number;
    label: string;
    colour?: string;
    height?: number;
}) {
    const times = useTimes();
    const intl = useIntl();
    const at = begins.map((begin) => Date.parse(begin) / 1000);
    const hint = tip((plot, left) => {
        const index = Math.floor((plot.posToVal(left, 'x') - (at[0] ?? 0)) / width);
        const begin = begins[index];
        if (begin === undefined) return null;
        const time = width >= 86400 ? times.day(begin) : times.short(begin);
        return `${time}: ${intl.formatNumber(values[index] ?? 0)}`;
    });
    const options = (pixels: number): uPlot.Options => ({
        width: pixels,
        height,
        padding: [4, 0, 0, 0],
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false, setScale: false }, points: { show: false } },
        scales: {
            x: { range: () => [at[0] ?? 0, (at[at.length - 1] ?? 0) + width] },
            y: { range: (_plot, _low, high) => [0, Math.max(1, high * 1.05)] },
        },
        axes: [
            {
                size: 4,
                grid: { show: false },
                ticks: { show: false },
                values: () => [],
                border: { show: true, stroke: tokenColour(colorBorderDividerDefault), width: 1 },
            },
            { show: false },
        ],
        series: [
            {},
            {
                fill: tokenColour(colour),
                width: 0,
                points: { show: false },
                paths: uPlot.paths.bars!({ align: 1, size: [0.86, 40] }),
            },
        ],
        hooks: { ready: [hint.ready], setCursor: [hint.setCursor] },
    });
    return (
        <Plot
            options={options}
            data={[at, [...values]]}
            revision={JSON.stringify([begins[0], begins.length, width, times.zone, intl.locale, values])}
            label={label}
            height={height}
        />
    );
}

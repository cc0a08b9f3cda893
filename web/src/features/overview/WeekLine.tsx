import type uPlot from 'uplot';
import { useTimes } from '~/app/time';
import { Plot, tip, tokenColour } from '~/ui/Plot';

/** Seven days as a line, and the seven before them as a faint one behind it. */
export function WeekLine({
    now,
    before,
    end,
    colour,
    label,
    height = 48,
}: {
    now: readonly number[];
    before: readonly number[];
    /** When the last day ends, RFC 3339. */
    end: string;
    colour: string;
    label: string;
    height?: number;
}) {
    const times = useTimes();
    const at = now.map((_, index) => Date.parse(end) / 1000 - (now.length - index) * 86400);
    const hint = tip((plot) => {
        const index = plot.cursor.idx ?? -1;
        const begin = at[index];
        if (begin === undefined) return null;
        const day = (start: number) => times.day((start + 43200) * 1000);
        return `${day(begin)}: ${now[index]}\n${day(begin - 7 * 86400)}: ${before[index] ?? 0}`;
    });
    const options = (pixels: number): uPlot.Options => ({
        width: pixels,
        height,
        padding: [4, 4, 4, 4],
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false, setScale: false }, points: { show: false } },
        scales: { x: { time: true }, y: { range: (_plot, _low, high) => [0, Math.max(1, high * 1.08)] } },
        axes: [{ show: false }, { show: false }],
        series: [
            {},
            {
                stroke: tokenColour('var(--vg-text-weak)'),
                width: 1,
                dash: [3, 3],
                points: { show: false },
            },
            { stroke: tokenColour(colour), width: 2, points: { show: true, size: 4 } },
        ],
        hooks: { ready: [hint.ready], setCursor: [hint.setCursor] },
    });
    return (
        <Plot
            options={options}
            data={[at, [...before], [...now]]}
            revision={JSON.stringify([end, now, before, times.zone, colour])}
            label={label}
            height={height}
        />
    );
}

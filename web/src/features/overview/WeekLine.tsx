import type uPlot from 'uplot';
import { useTimes } from '~/app/time';
import { Plot, tokenColour } from '~/ui/Plot';

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
        hooks: {
            ready: [
                (plot) => {
                    const tip = document.createElement('div');
                    tip.className = 'vg-tip';
                    tip.hidden = true;
                    plot.over.append(tip);
                },
            ],
            setCursor: [
                (plot) => {
                    const tip = plot.over.querySelector<HTMLElement>('.vg-tip');
                    const index = plot.cursor.idx ?? -1;
                    const left = plot.cursor.left ?? -1;
                    if (!tip) return;
                    tip.hidden = left < 0 || at[index] === undefined;
                    if (tip.hidden) return;
                    tip.textContent = `${times.day((at[index]! + 43200) * 1000)}: ${now[index]}\n${times.day((at[index]! + 43200 - 7 * 86400) * 1000)}: ${before[index] ?? 0}`;
                    tip.classList.toggle('vg-tip-left', left > plot.over.clientWidth / 2);
                    tip.style.left = `${left}px`;
                },
            ],
        },
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

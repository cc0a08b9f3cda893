import { colorChartsPaletteCategorical1 } from '@cloudscape-design/design-tokens';

/** A small line of bars; what it says must stand in `label`. */
export function Sparkline({
    values,
    label,
    colour = colorChartsPaletteCategorical1,
    width = 96,
    height = 22,
}: {
    values: readonly number[];
    label: string;
    colour?: string;
    width?: number;
    height?: number;
}) {
    const most = Math.max(1, ...values);
    const step = width / Math.max(1, values.length);
    return (
        <svg width={width} height={height} role="img" aria-label={label} className="vg-sparkline">
            <title>{label}</title>
            <line x1={0} x2={width} y1={height - 0.5} y2={height - 0.5} />
            {values.map((value, at) => {
                const tall = value > 0 ? Math.max(1.5, (value / most) * (height - 2)) : 0;
                return (
                    <rect
                        key={at}
                        x={at * step}
                        y={height - tall}
                        width={Math.max(1, step - 1)}
                        height={tall}
                        fill={colour}
                    />
                );
            })}
        </svg>
    );
}

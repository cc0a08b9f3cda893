import { colorChartsPaletteCategorical1 } from '@cloudscape-design/design-tokens';

interface Stack {
    values: readonly number[];
    colour?: string;
}

/** A small line of bars, each of one part or of several above each other; what it says must stand in `label`. */
export function Sparkline({
    values,
    label,
    colour = colorChartsPaletteCategorical1,
    above = [],
    width = 96,
    height = 22,
}: {
    values: readonly number[];
    label: string;
    colour?: string;
    above?: readonly Stack[];
    width?: number;
    height?: number;
}) {
    const parts = [{ values, colour }, ...above];
    const sums = values.map((_, at) => parts.reduce((sum, part) => sum + (part.values[at] ?? 0), 0));
    const most = Math.max(1, ...sums);
    const step = width / Math.max(1, values.length);
    return (
        <svg width={width} height={height} role="img" aria-label={label} className="vg-sparkline">
            <title>{label}</title>
            <line x1={0} x2={width} y1={height - 0.5} y2={height - 0.5} />
            {sums.map((sum, at) => {
                const whole = sum > 0 ? Math.max(1.5, (sum / most) * (height - 2)) : 0;
                let bottom = height;
                return parts.map((part, level) => {
                    const tall = sum > 0 ? (whole * (part.values[at] ?? 0)) / sum : 0;
                    bottom -= tall;
                    return (
                        <rect
                            key={`${at}-${level}`}
                            x={at * step}
                            y={bottom}
                            width={Math.max(1, step - 1)}
                            height={tall}
                            fill={part.colour ?? colorChartsPaletteCategorical1}
                        />
                    );
                });
            })}
        </svg>
    );
}

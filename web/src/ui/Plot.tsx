import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import { useDark, usePreferences } from '~/app/preferences';

/** The value of a design token (a CSS variable as `var(--…)`), as a colour that a canvas takes. */
export function tokenColour(token: string, element: Element = document.body): string {
    const name = /var\((--[^,)]+)/.exec(token)?.[1];
    return (name && getComputedStyle(element).getPropertyValue(name).trim()) || token;
}

/** Shows a text at the pointer: `text` gives it, null where there is none. Its hooks go into the options of a plot. */
export function tip(text: (plot: uPlot, left: number) => string | null): {
    ready: (plot: uPlot) => void;
    setCursor: (plot: uPlot) => void;
} {
    return {
        ready: (plot) => {
            const element = document.createElement('div');
            element.className = 'vg-tip';
            element.hidden = true;
            plot.over.append(element);
        },
        setCursor: (plot) => {
            const element = plot.over.querySelector<HTMLElement>('.vg-tip');
            const left = plot.cursor.left ?? -1;
            if (!element) return;
            const said = left < 0 ? null : text(plot, left);
            element.hidden = said === null;
            if (said === null) return;
            element.textContent = said;
            element.classList.toggle('vg-tip-left', left > plot.over.clientWidth / 2);
            element.style.left = `${left}px`;
        },
    };
}

interface Props {
    /** Made anew when the theme or `revision` changes. */
    options: (width: number) => uPlot.Options;
    data: uPlot.AlignedData;
    /** Changes when `options` would give something else. */
    revision: string;
    /** The plot in words, for who cannot see it. */
    label: string;
    height: number;
}

/** A canvas of uPlot, as wide as there is room. */
export function Plot({ options, data, revision, label, height }: Props) {
    const { preferences } = usePreferences();
    const dark = useDark(preferences.theme);
    const element = useRef<HTMLDivElement>(null);
    const plot = useRef<uPlot>(null);
    const latest = useRef({ options, data });
    const [width, setWidth] = useState(0);
    useEffect(() => {
        latest.current = { options, data };
        plot.current?.setData(data);
    });
    useEffect(() => {
        const watched = element.current!;
        const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry!.contentRect.width)));
        observer.observe(watched);
        return () => observer.disconnect();
    }, []);
    const drawn = width > 0;
    // biome-ignore lint/correctness/useExhaustiveDependencies: `dark` and `revision` stand for what the options read
    useEffect(() => {
        if (!drawn) return;
        const made = new uPlot(
            latest.current.options(element.current!.clientWidth),
            latest.current.data,
            element.current!,
        );
        plot.current = made;
        return () => {
            made.destroy();
            plot.current = null;
        };
    }, [drawn, dark, revision]);
    useEffect(() => {
        if (width > 0) plot.current?.setSize({ width, height });
    }, [width, height]);
    return <div ref={element} className="vg-plot" style={{ height }} role="img" aria-label={label} />;
}

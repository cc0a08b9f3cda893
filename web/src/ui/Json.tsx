import { type ReactNode, useState } from 'react';
import { useText } from '~/app/intl';

export type Path = readonly (string | number)[];
interface Props {
    value: unknown;
    /** Buttons for a value; shown when it is pointed at or in focus. */
    actions?: (path: Path, value: unknown) => ReactNode;
    /** Levels that begin open. */
    open?: number;
}

/** A JSON value as a tree, in the order in which it came. */
export function Json({ value, actions, open = 3 }: Props) {
    return (
        <div className="vg-json">
            <Node name={null} value={value} path={[]} actions={actions} open={open} />
        </div>
    );
}

function Node({
    name,
    value,
    path,
    actions,
    open,
}: { name: string | number | null; value: unknown; path: Path } & Omit<Props, 'value'> & { open: number }) {
    const t = useText();
    const [shown, setShown] = useState(open > 0);
    const label = name === null ? null : <span className="vg-json-key">{name}</span>;
    if (value === null || typeof value !== 'object')
        return (
            <div className="vg-json-line">
                {label}
                <span className={`vg-json-${value === null ? 'null' : typeof value}`}>
                    {typeof value === 'string' ? value || '""' : String(value)}
                </span>
                {actions && <span className="vg-json-actions">{actions(path, value)}</span>}
            </div>
        );
    const entries: [string | number, unknown][] = Array.isArray(value)
        ? value.map((one, at) => [at, one])
        : Object.entries(value);
    const sign = Array.isArray(value) ? `[${entries.length}]` : `{${entries.length}}`;
    if (name === null) return <Children entries={entries} path={path} actions={actions} open={open - 1} />;
    return (
        <div className="vg-json-node">
            <button
                type="button"
                className="vg-json-toggle"
                aria-expanded={shown}
                onClick={() => setShown(!shown)}
                title={t(shown ? 'ui.collapse' : 'ui.expand')}
            >
                <span aria-hidden="true">{shown ? '▾' : '▸'}</span> {label} <span className="vg-json-sign">{sign}</span>
            </button>
            {shown && entries.length > 0 && (
                <Children entries={entries} path={path} actions={actions} open={open - 1} />
            )}
        </div>
    );
}

function Children({
    entries,
    path,
    actions,
    open,
}: { entries: [string | number, unknown][]; path: Path } & Omit<Props, 'value'> & { open: number }) {
    return (
        <div className="vg-json-children">
            {entries.map(([key, one]) => (
                <Node key={key} name={key} value={one} path={[...path, key]} actions={actions} open={open} />
            ))}
        </div>
    );
}

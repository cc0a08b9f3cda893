import SegmentedControl from '@cloudscape-design/components/segmented-control';
import { useText } from '~/app/intl';
import { diffLines, pairLines } from './diff';
import { linesOf } from './yaml';

const classes = { '+': 'vg-diff-in', '-': 'vg-diff-out', '@': 'vg-diff-place', ' ': undefined } as const;

function Lines({ lines }: { lines: readonly { sign: keyof typeof classes; text: string }[] }) {
    return (
        <pre className="vg-code vg-diff">
            {lines.map(({ sign, text }, line) => (
                <span key={line} className={classes[sign]}>
                    {sign === '@' ? text : `${sign} ${text}`}
                    {'\n'}
                </span>
            ))}
        </pre>
    );
}

/** A unified diff that the server made. */
export const ServerDiff = ({ diff }: { diff: string }) => <Lines lines={linesOf(diff)} />;

export const diffViews = ['unified', 'beside'] as const;
export type DiffView = (typeof diffViews)[number];

export function DiffViewChoice({ view, onChange }: { view: DiffView; onChange: (view: DiffView) => void }) {
    const t = useText();
    return (
        <SegmentedControl
            label={t('rules.diff.view')}
            selectedId={view}
            options={diffViews.map((id) => ({ id, text: t(`rules.diff.${id}`) }))}
            onChange={({ detail }) => onChange(detail.selectedId as DiffView)}
        />
    );
}

/** What turns one text into the other: line for line, or beside each other. */
export function Diff({ before, after, view }: { before: string; after: string; view: DiffView }) {
    const t = useText();
    const lines = diffLines(before, after);
    if (view === 'unified') return <Lines lines={lines} />;
    return (
        <table className="vg-code vg-beside">
            <thead>
                <tr>
                    <th scope="col">{t('rules.diff.before')}</th>
                    <th scope="col">{t('rules.diff.after')}</th>
                </tr>
            </thead>
            <tbody>
                {pairLines(lines).map(([left, right], line) => (
                    <tr key={line}>
                        <td className={left !== right ? (left === null ? 'vg-diff-none' : 'vg-diff-out') : undefined}>
                            {left}
                        </td>
                        <td className={left !== right ? (right === null ? 'vg-diff-none' : 'vg-diff-in') : undefined}>
                            {right}
                        </td>
                    </tr>
                ))}
            </tbody>
        </table>
    );
}

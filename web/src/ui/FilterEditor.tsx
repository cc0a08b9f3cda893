import { useEffect, useId, useRef } from 'react';
import { useText } from '~/app/intl';
import { mendOf } from '~/filter/check';
import { makeEditor, type Sources, setDiagnostics } from '~/filter/editor';
import type { Diagnostic } from '~/filter/tokens';

interface Props extends Sources {
    value: string;
    onChange: (text: string) => void;
    onSubmit?: () => void;
    /** What is wrong, shown beneath and in the text. */
    diagnostics: readonly Diagnostic[];
    label: string;
    multiline?: boolean;
    placeholder?: string;
    readOnly?: boolean;
}

/** The editor of a filter. Pages take FilterField, which brings fields, values and the server's verdict with it. */
export default function FilterEditor(props: Props) {
    const t = useText();
    const parent = useRef<HTMLDivElement>(null);
    const view = useRef<ReturnType<typeof makeEditor>>(null);
    const faults = useId();
    const latest = useRef({ ...props, nameOf: (type: string) => t(`filter.type.${type}`) });
    useEffect(() => {
        latest.current = { ...props, nameOf: (type: string) => t(`filter.type.${type}`) };
    });
    const { label, placeholder } = props;
    const multiline = props.multiline ?? false;
    const readOnly = props.readOnly ?? false;
    const completions = t('filter.completions');
    useEffect(() => {
        const made = makeEditor({
            parent: parent.current!,
            text: latest.current.value,
            label,
            describedBy: faults,
            phrases: { Completions: completions },
            placeholder,
            readOnly,
            multiline,
            onChange: (text) => latest.current.onChange(text),
            onSubmit: () => latest.current.onSubmit?.(),
            sources: () => latest.current,
        });
        made.dispatch({ effects: setDiagnostics.of(latest.current.diagnostics) });
        view.current = made;
        return () => made.destroy();
    }, [label, faults, completions, placeholder, readOnly, multiline]);
    useEffect(() => {
        const editor = view.current;
        if (editor && editor.state.doc.toString() !== props.value)
            editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: props.value } });
    }, [props.value]);
    useEffect(() => {
        view.current?.dispatch({ effects: setDiagnostics.of(props.diagnostics) });
    }, [props.diagnostics]);

    const goTo = ({ from, to }: Diagnostic) => {
        const editor = view.current;
        if (!editor) return;
        const end = editor.state.doc.length;
        editor.dispatch({ selection: { anchor: Math.min(from, end), head: Math.min(to, end) }, scrollIntoView: true });
        editor.focus();
    };
    const mend = (one: Diagnostic) => {
        const change = mendOf(one);
        const editor = view.current;
        if (!change || !editor || change.to > editor.state.doc.length) return;
        editor.dispatch({
            changes: change,
            selection: { anchor: change.from + change.insert.length },
            userEvent: 'input.complete',
        });
        editor.focus();
    };
    return (
        <div>
            <div ref={parent} className={multiline ? 'vg-filter vg-filter-tall' : 'vg-filter'} />
            <ul id={faults} className="vg-faults" aria-live="polite">
                {props.diagnostics.map((one, at) => {
                    const change = readOnly ? null : mendOf(one);
                    return (
                        <li key={at} className={`vg-fault-${one.level}`}>
                            <button type="button" onClick={() => goTo(one)}>
                                {t(`filter.${one.code}`, one.params)}
                            </button>
                            {change && (
                                <button type="button" className="vg-fault-fix" onClick={() => mend(one)}>
                                    {t('filter.use', { text: change.insert })}
                                </button>
                            )}
                        </li>
                    );
                })}
            </ul>
        </div>
    );
}

import { useEffect, useRef } from 'react';
import { useText } from '~/app/intl';
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
    const latest = useRef(props);
    useEffect(() => {
        latest.current = props;
    });
    const { label, placeholder } = props;
    const multiline = props.multiline ?? false;
    const readOnly = props.readOnly ?? false;
    useEffect(() => {
        const made = makeEditor({
            parent: parent.current!,
            text: latest.current.value,
            label,
            placeholder,
            readOnly,
            multiline,
            onChange: (text) => latest.current.onChange(text),
            onSubmit: () => latest.current.onSubmit?.(),
            sources: () => latest.current,
        });
        view.current = made;
        return () => made.destroy();
    }, [label, placeholder, readOnly, multiline]);
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
    const mend = ({ from, to, params, code }: Diagnostic) => {
        const text = params.fix ?? (code === 'unknown_list' ? `$${params.near}` : params.near);
        if (text === undefined) return;
        const whole = props.value.slice(0, from) + text + props.value.slice(to);
        props.onChange(whole);
        view.current?.focus();
    };
    return (
        <div>
            <div ref={parent} className={multiline ? 'vg-filter vg-filter-tall' : 'vg-filter'} />
            <ul className="vg-faults" aria-live="polite">
                {props.diagnostics.map((one, at) => (
                    <li key={at} className={`vg-fault-${one.level}`}>
                        <button type="button" onClick={() => goTo(one)}>
                            {t(`filter.${one.code}`, one.params)}
                        </button>
                        {!readOnly && (one.params.fix ?? one.params.near) !== undefined && (
                            <button type="button" className="vg-fault-fix" onClick={() => mend(one)}>
                                {t('filter.use', { text: (one.params.fix ?? one.params.near)! })}
                            </button>
                        )}
                    </li>
                ))}
            </ul>
        </div>
    );
}

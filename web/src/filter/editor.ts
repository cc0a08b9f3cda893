// The editor of filters: CodeMirror with the colours, completions and marks of the language. Only FilterEditor loads it.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { EditorState, type Extension, RangeSetBuilder, StateEffect, StateField } from '@codemirror/state';
import {
    Decoration,
    type DecorationSet,
    EditorView,
    keymap,
    placeholder,
    ViewPlugin,
    type ViewUpdate,
} from '@codemirror/view';
import { completions, noSecondSpace, type Sources } from './complete';
import { parse } from './parser';
import { type Diagnostic, tokenize } from './tokens';

export type { Field, Sources } from './complete';

const roleMarks = new Map<string, Decoration>();
function roleMark(role: string): Decoration {
    let mark = roleMarks.get(role);
    if (!mark) {
        mark = Decoration.mark({ class: `vg-f-${role}` });
        roleMarks.set(role, mark);
    }
    return mark;
}

function coloured(view: EditorView): DecorationSet {
    const text = view.state.doc.toString();
    const builder = new RangeSetBuilder<Decoration>();
    const { comments } = tokenize(text);
    const all = [...parse(text).parts, ...comments.map((one) => ({ ...one, role: 'comment' }))];
    all.sort((a, b) => a.from - b.from || a.to - b.to);
    let last = 0;
    for (const { from, to, role } of all) {
        if (from < last || to <= from) continue;
        builder.add(from, to, roleMark(role));
        last = to;
    }
    return builder.finish();
}

const colours = ViewPlugin.fromClass(
    class {
        decorations: DecorationSet;
        constructor(view: EditorView) {
            this.decorations = coloured(view);
        }
        update(update: ViewUpdate) {
            if (update.docChanged) this.decorations = coloured(update.view);
        }
    },
    { decorations: (plugin) => plugin.decorations },
);

export const setDiagnostics = StateEffect.define<readonly Diagnostic[]>();
const faultMarks = {
    error: Decoration.mark({ class: 'vg-f-error' }),
    warning: Decoration.mark({ class: 'vg-f-warning' }),
    hint: Decoration.mark({ class: 'vg-f-hint' }),
};
interface Faults {
    marks: DecorationSet;
    /** Whether one is an error. */
    invalid: boolean;
}
const faults = StateField.define<Faults>({
    create: () => ({ marks: Decoration.none, invalid: false }),
    update({ marks, invalid }, transaction) {
        let next = transaction.docChanged ? marks.map(transaction.changes) : marks;
        let isInvalid = invalid;
        for (const effect of transaction.effects) {
            if (!effect.is(setDiagnostics)) continue;
            const end = transaction.state.doc.length;
            isInvalid = effect.value.some((one) => one.level === 'error');
            next = Decoration.set(
                effect.value
                    .map(({ from, to, level }) => ({
                        level,
                        // What is missing at the end is marked at the last character.
                        from: Math.max(0, Math.min(from, from === to ? end - 1 : end)),
                        to: Math.min(Math.max(to, from + 1), end),
                    }))
                    .filter(({ from, to }) => to > from)
                    .map(({ level, from, to }) => faultMarks[level].range(from, to)),
                true,
            );
        }
        return { marks: next, invalid: isInvalid };
    },
    provide: (field) => EditorView.decorations.from(field, (value) => value.marks),
});

const theme = EditorView.theme({
    '&': {
        fontSize: '13.5px',
        color: 'var(--vg-text)',
        backgroundColor: 'var(--vg-container)',
        border: '1px solid var(--vg-line)',
        borderRadius: '8px',
    },
    '&.cm-focused': { outline: '2px solid var(--vg-focus)', outlineOffset: '1px' },
    '.cm-scroller': { fontFamily: 'var(--vg-mono)', lineHeight: '1.55' },
    '.cm-content': { padding: '6px 2px', caretColor: 'var(--vg-text)' },
    '.cm-cursor': { borderLeftColor: 'var(--vg-text)' },
    '.cm-placeholder': { color: 'var(--vg-text-weak)' },
    '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': {
        backgroundColor: 'color-mix(in srgb, var(--vg-focus) 25%, transparent) !important',
    },
    '.cm-tooltip': {
        color: 'var(--vg-text)',
        backgroundColor: 'var(--vg-container)',
        border: '1px solid var(--vg-line)',
        borderRadius: '6px',
    },
    // As high as what it shows: the arrow keys bring the others, and nothing needs to scroll.
    '.cm-tooltip.cm-tooltip-autocomplete > ul': {
        fontFamily: 'var(--vg-mono)',
        maxHeight: 'none',
        minWidth: '280px',
        maxWidth: 'min(560px, 95vw)',
        padding: '4px',
    },
    '.cm-tooltip.cm-tooltip-autocomplete > ul > li': {
        display: 'flex',
        justifyContent: 'space-between',
        gap: '16px',
        padding: '2px 8px',
        lineHeight: '1.5',
        borderRadius: '4px',
    },
    '.cm-tooltip-autocomplete > ul > li[aria-selected]': {
        color: 'var(--vg-text)',
        backgroundColor: 'var(--vg-selected)',
        boxShadow: 'inset 0 0 0 1px var(--vg-selected-line)',
    },
    '.cm-completionLabel': { overflow: 'hidden', textOverflow: 'ellipsis' },
    '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
    '.cm-completionDetail': {
        color: 'var(--vg-text-weak)',
        fontFamily: 'inherit',
        fontSize: '12px',
        fontStyle: 'normal',
        margin: '0',
    },
    '.cm-tooltip.cm-completionInfo': {
        boxSizing: 'border-box',
        padding: '6px 12px',
        fontFamily: 'inherit',
        fontSize: '12.5px',
        color: 'var(--vg-text-weak)',
    },
    '.cm-matchingBracket': { backgroundColor: 'var(--vg-selected) !important' },
});

const language = { closeBrackets: { brackets: ['(', '[', '"', "'"] }, commentTokens: { line: '#' } };

interface Options {
    parent: Element;
    text: string;
    label: string;
    /** The id of what tells the faults. */
    describedBy: string;
    /** Texts of CodeMirror's own, in the reader's language. */
    phrases: Record<string, string>;
    placeholder?: string;
    readOnly: boolean;
    /** Enter begins a new line, and Ctrl+Enter submits; else Enter submits. */
    multiline: boolean;
    onChange(text: string): void;
    onSubmit(): void;
    sources(): Sources;
}

export function makeEditor(options: Options): EditorView {
    const submit = () => {
        options.onSubmit();
        return true;
    };
    const extensions: Extension[] = [
        history(),
        autocompletion({
            override: [completions(options.sources)],
            icons: false,
            maxRenderedOptions: 10,
            // Below the list, as wide as it; above where the window ends.
            positionInfo: (_view, list, _option, info, space) => {
                const side = list.bottom + info.bottom - info.top > space.bottom ? 'bottom' : 'top';
                return { style: `${side}: 100%; left: -1px; width: ${list.right - list.left}px; max-width: none` };
            },
            // A field leads to its operators, an operator to the values.
            activateOnCompletion: ({ type }) => type === 'property' || type === 'keyword',
        }),
        noSecondSpace,
        closeBrackets(),
        EditorState.languageData.of(() => [language]),
        // Behind the completions, whose Enter takes the chosen one. Tab is left alone, so that it leaves the editor.
        keymap.of([
            ...completionKeymap,
            ...closeBracketsKeymap,
            { key: 'Mod-Enter', run: submit },
            ...(options.multiline ? [] : [{ key: 'Enter', run: submit, shift: () => false }]),
            ...defaultKeymap,
            ...historyKeymap,
        ]),
        bracketMatching(),
        EditorView.lineWrapping,
        EditorState.phrases.of(options.phrases),
        EditorView.contentAttributes.of({
            'aria-label': options.label,
            'aria-multiline': 'true',
            'aria-describedby': options.describedBy,
            spellcheck: 'false',
            autocapitalize: 'off',
        }),
        EditorView.contentAttributes.of((view) => ({ 'aria-invalid': String(view.state.field(faults).invalid) })),
        EditorView.updateListener.of((update) => {
            if (update.docChanged) options.onChange(update.state.doc.toString());
        }),
        colours,
        faults,
        theme,
    ];
    const nonce = document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.content;
    if (nonce) extensions.push(EditorView.cspNonce.of(nonce));
    if (options.placeholder) extensions.push(placeholder(options.placeholder));
    if (options.readOnly)
        extensions.push(
            EditorState.readOnly.of(true),
            EditorView.editable.of(false),
            EditorView.contentAttributes.of({ tabindex: '0' }),
        );
    return new EditorView({ parent: options.parent, state: EditorState.create({ doc: options.text, extensions }) });
}

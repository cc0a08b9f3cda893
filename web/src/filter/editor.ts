// The editor of filters: CodeMirror with the colours, completions and marks of the language. Only FilterEditor loads it.
import {
    autocompletion,
    type Completion,
    type CompletionContext,
    type CompletionResult,
    completionKeymap,
} from '@codemirror/autocomplete';
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
import { compares, functions, operatorWords, quantifiers } from './grammar';
import { parse } from './parser';
import { type Diagnostic, quote, tokenize } from './tokens';

export interface Field {
    name: string;
    meaning: string;
}
export interface Sources {
    fields: readonly Field[];
    lists: readonly string[];
    /** The values of a field that were seen, the commonest first. */
    values(field: string, prefix: string): Promise<readonly { value: string; count?: number }[]>;
}

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
const faults = StateField.define<DecorationSet>({
    create: () => Decoration.none,
    update(marks, transaction) {
        let next = marks.map(transaction.changes);
        for (const effect of transaction.effects) {
            if (!effect.is(setDiagnostics)) continue;
            const end = transaction.state.doc.length;
            next = Decoration.set(
                effect.value
                    .map(({ from, to, level }) => ({
                        level,
                        from: Math.min(from, end),
                        to: Math.min(Math.max(to, from + 1), end),
                    }))
                    .filter(({ from, to }) => to > from)
                    .map(({ level, from, to }) => faultMarks[level].range(from, to)),
                true,
            );
        }
        return next;
    },
    provide: (field) => EditorView.decorations.from(field),
});

const word = (label: string, type: string, detail?: string): Completion => ({ label, type, detail });
const numeric = /(?:port|count|size|length|score|severity|pid|uid|gid)$/i;

function keep(from: number, options: Completion[], validFor?: RegExp): CompletionResult {
    return { from, options, validFor };
}

/** What may stand at the cursor: a field, an operator, a value that was seen, a list, or what joins conditions. */
export function completions(sources: () => Sources) {
    return async (context: CompletionContext): Promise<CompletionResult | null> => {
        const text = context.state.doc.toString();
        const { tokens, comments } = tokenize(text);
        if (comments.some((one) => one.from < context.pos && context.pos <= one.to)) return null;
        const before = tokens.filter((one) => one.kind !== 'end' && one.from < context.pos);
        const current = before.at(-1);
        const typed = current && current.to >= context.pos ? current : undefined;
        const done = typed ? before.slice(0, -1) : before;
        const known = sources();
        const last = done.at(-1);
        const is = (token: typeof last, ...words: string[]) =>
            token !== undefined && words.includes(token.text.toLowerCase());
        if (last?.kind === 'symbol' && last.text === '$')
            return keep(
                last.from,
                known.lists.map((name) => word(`$${name}`, 'variable')),
            );
        if (typed?.kind === 'symbol' && typed.text === '$')
            return keep(
                typed.from,
                known.lists.map((name) => word(`$${name}`, 'variable')),
            );

        // A value: behind a comparison, or within the list behind `in`.
        const operator = valueOperator(done);
        if (operator) {
            const from = typed && typed.kind !== 'symbol' ? typed.from : context.pos;
            const prefix =
                typed && typed.kind !== 'symbol' ? text.slice(typed.from, context.pos).replace(/^["']/, '') : '';
            const seen = operator.field ? await known.values(operator.field, prefix).catch(() => []) : [];
            if (context.aborted) return null;
            const plain = numeric.test(operator.field ?? '');
            const options = seen.map(
                ({ value, count }, at): Completion => ({
                    label: plain && /^-?\d+(\.\d+)?$/.test(value) ? value : quote(value),
                    type: 'constant',
                    detail: count === undefined ? undefined : String(count),
                    boost: 50 - at,
                }),
            );
            if (operator.takesList) options.push(...known.lists.map((name) => word(`$${name}`, 'variable')));
            if (!operator.isText)
                options.push(word('true', 'keyword'), word('false', 'keyword'), word('null', 'keyword'));
            return options.length > 0 ? keep(from, options) : null;
        }
        if (!typed && !context.explicit && !last) return null;
        const from = typed && (typed.kind === 'word' || typed.kind === 'symbol') ? typed.from : context.pos;
        if (endsOperand(done, typed)) {
            const options = [...operatorWords, ...compares.filter((one) => one !== '==')].map((one) =>
                word(one, 'keyword'),
            );
            return keep(typed && typed.kind === 'word' ? typed.from : context.pos, options);
        }
        if (endsCondition(done))
            return keep(
                typed?.kind === 'word' ? typed.from : context.pos,
                ['and', 'or'].map((one) => word(one, 'keyword')),
            );
        if (typed && typed.kind !== 'word' && !context.explicit) return null;
        if (is(last, '.', '[')) return pathCompletion(text, context, known.fields);
        const options = known.fields.map(
            ({ name, meaning }): Completion => ({ label: name, type: 'property', info: meaning || undefined }),
        );
        options.push(
            ...[...functions, ...quantifiers].map(
                (one): Completion => ({ label: one, type: 'function', apply: `${one}(` }),
            ),
            word('not', 'keyword'),
        );
        return keep(from, options, /^[A-Za-z0-9_@:.-]*$/);
    };
}

function pathCompletion(text: string, context: CompletionContext, fields: readonly Field[]): CompletionResult | null {
    const path = /[A-Za-z_@][A-Za-z0-9_:@.-]*$/.exec(text.slice(0, context.pos))?.[0];
    if (!path) return null;
    const options = fields.filter(({ name }) => name.startsWith(path.slice(0, path.lastIndexOf('.') + 1)));
    return keep(
        context.pos - path.length,
        options.map(({ name, meaning }) => ({ label: name, type: 'property', info: meaning || undefined })),
        /^[A-Za-z0-9_@:.-]*$/,
    );
}

type Tokens = ReturnType<typeof tokenize>['tokens'];

function fieldBefore(tokens: Tokens, at: number): string | undefined {
    const keys: string[] = [];
    for (let i = at; i >= 0; i--) {
        const token = tokens[i]!;
        if (token.kind === 'word' || token.kind === 'string') keys.unshift(token.text);
        else if (token.kind === 'symbol' && token.text === ']') {
            i -= 2;
            continue;
        } else if (token.kind === 'symbol' && token.text === ')') continue;
        else break;
        const dot = tokens[i - 1];
        if (dot?.kind === 'symbol' && dot.text === '.') i--;
        else break;
    }
    return keys.length > 0 ? keys.join('.') : undefined;
}

interface ValueOperator {
    field?: string;
    takesList: boolean;
    isText: boolean;
}

function valueOperator(done: Tokens): ValueOperator | null {
    let at = done.length - 1;
    const last = done[at];
    if (!last) return null;
    const text = last.text.toLowerCase();
    if (last.kind === 'symbol' && (compares as readonly string[]).includes(last.text))
        return { field: fieldBefore(done, at - 1), takesList: false, isText: false };
    if (
        last.kind === 'word' &&
        ['like', 'contains', 'starts_with', 'ends_with', 'glob', 'matches'].includes(text) &&
        at > 0
    ) {
        const field = fieldBefore(done, done[at - 1]?.text.toLowerCase() === 'not' ? at - 2 : at - 1);
        return field ? { field, takesList: true, isText: true } : null;
    }
    // `in (`, and behind each comma of it.
    if (last.kind !== 'symbol' || (last.text !== '(' && last.text !== ',')) return null;
    while (at >= 0 && !(done[at]!.kind === 'symbol' && done[at]!.text === '(')) {
        if (done[at]!.kind === 'symbol' && done[at]!.text !== ',' && done[at]!.text !== '.') return null;
        at--;
    }
    const before = done[at - 1];
    if (before?.kind !== 'word' || before.text.toLowerCase() !== 'in') return null;
    return {
        field: fieldBefore(done, done[at - 2]?.text.toLowerCase() === 'not' ? at - 3 : at - 2),
        takesList: false,
        isText: false,
    };
}

const junctions = ['and', 'or', 'not', 'e', 'ou', 'nao'];

/** Whether the tokens end with a field, so that an operator comes next. */
function endsOperand(done: Tokens, typed: Tokens[number] | undefined): boolean {
    const last = done.at(-1);
    if (!last || (typed && typed.kind === 'symbol' && typed.text === '.')) return false;
    if (last.kind !== 'word' || junctions.includes(last.text.toLowerCase())) return false;
    if ((operatorWords as readonly string[]).includes(last.text.toLowerCase()) && last.text.toLowerCase() !== 'not')
        return false;
    const before = done.at(-2);
    if (!before) return true;
    if (before.kind === 'symbol') return ['(', '.', ',', '!', '&&', '||'].includes(before.text);
    return before.kind === 'word' && junctions.includes(before.text.toLowerCase());
}

/** Whether they end with a whole condition, so that what joins it comes next. */
function endsCondition(done: Tokens): boolean {
    const last = done.at(-1);
    if (!last) return false;
    if (last.kind === 'string' || last.kind === 'number') return true;
    if (last.kind === 'symbol') return last.text === ')';
    return last.kind === 'word' && ['true', 'false', 'null', 'exists'].includes(last.text.toLowerCase());
}

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
    '.cm-tooltip-autocomplete > ul > li[aria-selected]': {
        color: 'var(--vg-text)',
        backgroundColor: 'var(--vg-selected)',
    },
    '.cm-completionDetail': { color: 'var(--vg-text-weak)', fontStyle: 'normal', marginLeft: '12px' },
    '.cm-matchingBracket': { backgroundColor: 'var(--vg-selected) !important' },
});

interface Options {
    parent: Element;
    text: string;
    label: string;
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
        autocompletion({ override: [completions(options.sources)], icons: false, maxRenderedOptions: 60 }),
        // Behind the completions, whose Enter takes the chosen one. Tab is left alone, so that it leaves the editor.
        keymap.of([
            ...completionKeymap,
            { key: 'Mod-Enter', run: submit },
            ...(options.multiline ? [] : [{ key: 'Enter', run: submit, shift: () => false }]),
            ...defaultKeymap,
            ...historyKeymap,
        ]),
        bracketMatching(),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({
            'aria-label': options.label,
            'aria-multiline': 'true',
            spellcheck: 'false',
            autocapitalize: 'off',
        }),
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

// What may stand at the cursor of a filter: a field, an operator that suits it, a value that was seen, a list, or what joins
// conditions. The parser tells which, of the text before it.
import {
    type Completion,
    type CompletionContext,
    type CompletionResult,
    insertCompletionText,
    pickedCompletion,
} from '@codemirror/autocomplete';
import { type Extension, StateEffect, StateField } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { functions, quantifiers, textOperators } from './grammar';
import { type FieldType, spellsNumber } from './lint';
import { parse } from './parser';
import { quote, type Token, tokenize } from './tokens';
import type { Expectation, Path } from './tree';

export interface Field {
    name: string;
    meaning: string;
    /** Left out where events of several sources disagree. */
    type?: FieldType;
    /** What people ask for most: it stands before the others. */
    common?: boolean;
}

export interface Sources {
    fields: readonly Field[];
    lists: readonly string[];
    /** The values of a field that were seen, the commonest first. */
    values(field: string, prefix: string, signal: AbortSignal): Promise<readonly { value: string; count?: number }[]>;
    /** The word for a type of fields, in the reader's language. */
    nameOf?(type: FieldType): string;
}

/** With so many values there may be others; with fewer, all are known. */
export const valuesMax = 30;

/** What is being written at the end of a text. */
export interface Typed {
    /** Where the word, the path or the string begins, or the end of the text. */
    from: number;
    kind: 'nothing' | 'word' | 'path' | 'string' | 'number' | 'list';
    /** Of a string what stands behind its quote, else as written. */
    text: string;
    /** Of a path with indexes or quoted keys, what stands before its last key, as the catalogue spells it, with the dot. */
    before: string;
    /** Where the last key of a path begins. */
    last: number;
}

const isSymbol = (token: Token | undefined, text: string) => token?.kind === 'symbol' && token.text === text;

/** Where the path begins of which the token at `at` is a part: a key, the dot behind one, or a key whose quote is open. */
function pathBegin(tokens: readonly Token[], at: number): number {
    const isKey = (one: Token | undefined) => one?.kind === 'word' || one?.kind === 'string';
    let first = at;
    while (first > 0) {
        const before = tokens[first - 1];
        if (isSymbol(tokens[first], '.') || isSymbol(tokens[first], '[')) {
            if (isKey(before)) first--;
            else if (isSymbol(before, ']') && first >= 3) first -= 3;
            else return first;
        } else if (isSymbol(before, '.')) first--;
        else return first;
    }
    return first;
}

/** What is being written at the end of the text; null within a comment. */
export function typedAt(text: string): Typed | null {
    const { tokens, comments } = tokenize(text);
    const end = text.length;
    if (comments.at(-1)?.to === end && tokens.at(-2)?.to !== end) return null;
    const at = tokens.length - 2;
    const token = tokens[at];
    const nothing: Typed = { from: end, kind: 'nothing', text: '', before: '', last: end };
    if (!token || token.to !== end) return nothing;
    if (isSymbol(token, '$')) return { ...nothing, from: token.from, kind: 'list' };
    if (token.kind === 'word' && isSymbol(tokens[at - 1], '$'))
        return { ...nothing, from: tokens[at - 1]!.from, kind: 'list', text: token.text };
    const open = token.code === 'unclosed_string';
    const inPath = isSymbol(token, '.') || isSymbol(tokens[at - 1], '.');
    if (token.kind === 'word' || isSymbol(token, '.') || (open && inPath)) {
        const first = pathBegin(tokens, at);
        if (first === at) return { from: token.from, kind: 'word', text: token.text, before: '', last: token.from };
        const dot = isSymbol(token, '.') ? at : at - 1;
        const keys = tokens.slice(first, dot).filter((one) => one.kind === 'word' || one.kind === 'string');
        const { from } = tokens[first]!;
        const before = `${keys.map((one) => one.text).join('.')}.`;
        return { from, kind: 'path', text: text.slice(from), before, last: tokens[dot]!.to };
    }
    if (open) return { ...nothing, from: token.from, kind: 'string', text: text.slice(token.from + 1) };
    if (token.kind === 'number') return { ...nothing, from: token.from, kind: 'number', text: token.text };
    return nothing;
}

type Applied = (view: EditorView, completion: Completion, from: number, to: number) => void;

/** Where a completion wrote a space behind itself. */
const spaced = StateEffect.define<number>();
const spacedAt = StateField.define<number | null>({
    create: () => null,
    update(at, transaction) {
        for (const effect of transaction.effects) if (effect.is(spaced)) return effect.value;
        return transaction.docChanged || transaction.selection ? null : at;
    },
});
/** The space that people type out of habit behind a completion is the one that it wrote. */
export const noSecondSpace: Extension = [
    spacedAt,
    EditorView.inputHandler.of((view, from, to, text) => {
        if (text !== ' ' || from !== to || view.state.field(spacedAt) !== from) return false;
        view.dispatch({ selection: { anchor: from } });
        return true;
    }),
];

/** Writes a text in the place of what is there, with the cursor `back` characters before its end. */
function write(text: string, back = 0): Applied {
    return (view, completion, from, to) => {
        const change = insertCompletionText(view.state, text, from, to);
        const cursor = from + text.length - back;
        view.dispatch({
            ...change,
            selection: { anchor: cursor },
            annotations: pickedCompletion.of(completion),
            effects: text.endsWith(' ') ? [spaced.of(cursor)] : [],
        });
    };
}

/** The same with a space behind, where there is none yet. */
function writeSpaced(text: string): Applied {
    return (view, completion, from, to) => {
        const next = view.state.sliceDoc(to, to + 1);
        write(/[\s),]/.test(next) ? text : `${text} `)(view, completion, from, to);
    };
}

/** A value in the place of a string that was begun, and of the quote that was put behind it. */
function writeValue(text: string, typed: Typed): Applied {
    return (view, completion, from, to) => {
        if (typed.kind !== 'string') return write(text)(view, completion, from, to);
        const mark = view.state.sliceDoc(typed.from, typed.from + 1);
        const end = view.state.sliceDoc(to, to + 1) === mark ? to + 1 : to;
        write(text)(view, completion, typed.from, end);
    };
}

const keyword = (label: string, apply: Applied = writeSpaced(label)): Completion => ({ label, type: 'keyword', apply });
const listName = (name: string): Completion => ({ label: `$${name}`, type: 'variable' });

const ordered = ['<', '<=', '>', '>='];
const listed = ['in', 'not in'];
const presence = ['exists', 'is null', 'is not null'];
const operators: Record<FieldType, readonly string[]> = {
    text: ['=', '!=', ...listed, ...textOperators, ...presence],
    number: ['=', '!=', ...ordered, ...listed, ...presence],
    boolean: ['=', '!=', ...presence],
    time: [...ordered, '=', '!=', ...presence],
    address: ['=', '!=', ...listed, 'starts_with', 'like', ...presence],
    object: presence,
};
const allOperators = ['=', '!=', ...ordered, ...listed, ...textOperators, ...presence];

const fullName = (path: Path, inside: readonly Path[]) => [...inside, path].map((one) => one.name).join('.');
const fullText = (path: Path, inside: readonly Path[]) => [...inside, path].map((one) => one.text).join('.');

class Completer {
    constructor(
        private readonly context: CompletionContext,
        private readonly known: Sources,
        private readonly typed: Typed,
        private readonly next: Expectation,
        private readonly done: readonly Token[],
    ) {}

    /** While somebody types, what is optional is not offered before its first letter, and what is whole is not offered again. */
    private offer(options: Completion[], required: boolean): CompletionResult | null {
        const { context, typed } = this;
        if (!context.explicit) {
            if (typed.kind === 'nothing' && !required) return null;
            if (options.some((one) => one.label === typed.text && one.type !== 'property')) return null;
        }
        return options.length > 0 ? { from: typed.from, options } : null;
    }

    private field(): Field | undefined {
        const path = this.next.left?.path;
        return path ? this.fieldNamed(fullName(path, this.next.inside)) : undefined;
    }
    private fieldNamed(name: string): Field | undefined {
        return this.known.fields.find((one) => one.name === name);
    }

    async run(): Promise<CompletionResult | null> {
        const { code, operator } = this.next;
        if (this.typed.kind === 'list') return this.lists();
        switch (code) {
            case 'expected_field':
                return this.operands();
            case 'expected_operator':
                return this.typed.kind === 'path' ? null : this.offer(this.operators(), true);
            case 'expected_negatable':
                return this.offer(
                    ['in', ...textOperators].map((one) => keyword(one)),
                    true,
                );
            case 'expected_null': {
                const negated = this.done.at(-1)?.text.toLowerCase() === 'not';
                return this.offer(
                    (negated ? ['null'] : ['null', 'not null']).map((one) => keyword(one, write(one))),
                    true,
                );
            }
            case 'expected_value':
            case 'expected_string':
                return this.values(operator);
            case 'expected_list':
                return this.offer([keyword('(', write('()', 1)), ...this.known.lists.map(listName)], true);
            case 'expected_junction_or_end':
            case 'expected_junction_or_close':
                return this.offer(
                    [keyword('and'), keyword('or'), ...(this.next.open > 0 ? [keyword(')', write(')'))] : [])],
                    false,
                );
            default:
                return null;
        }
    }

    private lists(): CompletionResult | null {
        const places = ['expected_list', 'expected_string'];
        return places.includes(this.next.code)
            ? { from: this.typed.from, options: this.known.lists.map(listName) }
            : null;
    }

    private operators(): Completion[] {
        const { left } = this.next;
        const type = left?.function === 'count' || left?.function === 'length' ? 'number' : this.field()?.type;
        const suited = type && left?.function !== 'text' ? operators[type] : allOperators;
        return suited.map((one, at) => ({
            ...keyword(one, presence.includes(one) ? write(one) : writeSpaced(one)),
            boost: 50 - at,
        }));
    }

    /** Fields, within a quantifier those below its path. */
    private fields(apply: (name: string) => Applied): Completion[] {
        const base = this.next.inside.map((one) => `${one.name}.`).join('');
        const before = base + this.typed.before;
        const plain = this.typed.kind === 'path' && !/["'[]/.test(this.typed.text);
        return this.known.fields
            .filter(({ name }) => name.startsWith(before) && name !== before)
            .map(({ name, meaning, type, common }) => {
                const label = name.slice(plain ? base.length : before.length);
                return {
                    label,
                    type: 'property',
                    detail: type && this.known.nameOf?.(type),
                    info: meaning || undefined,
                    boost: common ? 10 : 0,
                    apply: apply(label),
                };
            });
    }

    private pathResult(options: Completion[]): CompletionResult | null {
        const { typed } = this;
        const from = typed.kind === 'path' && /["'[]/.test(typed.text) ? typed.last : typed.from;
        return options.length > 0 ? { from, options } : null;
    }

    private operands(): CompletionResult | null {
        const { typed, context, done } = this;
        if (typed.kind === 'string' || typed.kind === 'number') return null;
        if (typed.kind === 'nothing' && done.length === 0 && !context.explicit) return null;
        const opener = isSymbol(done.at(-1), '(') ? done.at(-2) : undefined;
        const word = opener?.kind === 'word' ? opener.text.toLowerCase() : '';
        const ofFunction = (functions as readonly string[]).includes(word);
        const ofQuantifier = (quantifiers as readonly string[]).includes(word);
        const options = this.fields((name) =>
            ofFunction ? write(name) : ofQuantifier ? write(`${name}, `) : writeSpaced(name),
        );
        if (!ofFunction && !ofQuantifier && typed.kind !== 'path')
            options.push(
                ...[...functions, ...quantifiers].map(
                    (one): Completion => ({ label: one, type: 'function', apply: write(`${one}()`, 1), boost: -10 }),
                ),
                { ...keyword('not'), boost: -10 },
            );
        return this.pathResult(options);
    }

    private async values(operator: string | null): Promise<CompletionResult | null> {
        const { context, known, typed, next } = this;
        if (typed.kind === 'number' && !context.explicit) return null;
        const isText = next.code === 'expected_string';
        const field = this.field();
        const path = next.left?.path;
        const counts = next.left?.function === 'count' || next.left?.function === 'length';
        const options: Completion[] = [];
        let whole = true;
        if (path && !counts && typed.kind !== 'path' && field?.type !== 'boolean') {
            const abort = new AbortController();
            context.addEventListener('abort', () => abort.abort(), { onDocChange: true });
            const seen = await known
                .values(fullText(path, next.inside), typed.text, abort.signal)
                .catch((): readonly { value: string; count?: number }[] => []);
            if (context.aborted) return null;
            whole = seen.length < valuesMax;
            options.push(
                ...seen.map(({ value, count }, at): Completion => {
                    const plain = !isText && field?.type === 'number' && spellsNumber(value);
                    const text = plain ? value : quote(value);
                    return {
                        label: value,
                        displayLabel: text,
                        type: 'constant',
                        detail: count?.toLocaleString(document.documentElement.lang || undefined),
                        boost: 50 - at,
                        apply: writeValue(text, typed),
                    };
                }),
            );
        }
        if (typed.kind === 'string')
            return options.length > 0
                ? { from: typed.from + 1, options, validFor: whole ? /^[^"'\\]*$/ : undefined }
                : null;
        if (field?.type === 'boolean') options.push(...['true', 'false'].map((one) => keyword(one, write(one))));
        if (!isText) options.push({ ...keyword('null', write('null')), boost: -50 });
        if (isText) options.push(...known.lists.map(listName));
        if (!isText && operator !== 'in' && (typed.kind === 'path' || typed.kind === 'word'))
            options.push(...this.fields((name) => write(name)).map((one) => ({ ...one, boost: -60 })));
        if (typed.kind === 'path') return this.pathResult(options);
        return this.offer(options, true);
    }
}

export function completions(sources: () => Sources) {
    return async (context: CompletionContext): Promise<CompletionResult | null> => {
        const text = context.state.sliceDoc(0, context.pos);
        const typed = typedAt(text);
        if (!typed) return null;
        const before = text.slice(0, typed.from);
        const { next } = parse(before);
        if (!next) return null;
        return new Completer(context, sources(), typed, next, tokenize(before).tokens.slice(0, -1)).run();
    };
}

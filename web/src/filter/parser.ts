// The grammar of the filter language, as src/lang/parser.cc reads it: the same verdict, codes and places, which
// tests/lang/conformance.txt holds both to. The server's answer decides; this one is there before it.
import { type Diagnostic, type Params, type Token, tokenize } from './tokens';

export const limits = {
    bytes: 64 * 1024,
    depth: 64,
    conditions: 4096,
    segments: 32,
    items: 100_000,
    found: 40,
} as const;
export const textOperators = ['like', 'contains', 'starts_with', 'ends_with', 'glob', 'matches'] as const;
export const operatorWords = [...textOperators, 'in', 'is', 'exists', 'not'] as const;
export const compares = ['=', '==', '!=', '<', '<=', '>', '>='] as const;
export const functions = ['lower', 'length', 'count', 'text'] as const;
export const quantifiers = ['any', 'all', 'none'] as const;

/** What a token is in its place, for colours and completion. */
export type Role =
    | 'field'
    | 'keyword'
    | 'function'
    | 'operator'
    | 'string'
    | 'number'
    | 'constant'
    | 'list'
    | 'punctuation'
    | 'bad';

export interface Part {
    from: number;
    to: number;
    role: Role;
}

/** What the whole of a filter is joined by, where nothing is parenthesised. */
export type Top = 'or' | 'and' | 'one' | 'empty' | 'broken';

export interface Parsed {
    ok: boolean;
    diagnostics: Diagnostic[];
    parts: Part[];
    top: Top;
    /** Lists that are named, without the $. */
    lists: { name: string; from: number; to: number }[];
    /** Fields that are named, as the catalogue spells them: keys joined by dots, indexes left out. */
    fields: { path: string; from: number; to: number }[];
}

interface Node {
    grouped: boolean;
    kind: 'or' | 'and' | 'one';
}

const encoder = new TextEncoder();

const step = 2; // what a change of a letter costs; a change of its case costs half
const wordMax = 64;

function change(one: string, other: string): number {
    if (one === other) return 0;
    return one.toLowerCase() === other.toLowerCase() ? step / 2 : step;
}

/** Optimal string alignment distance, three rows at a time. */
function distance(one: string, other: string): number {
    let before: number[] = [];
    let last = Array.from({ length: other.length + 1 }, (_, at) => at * step);
    for (let i = 1; i <= one.length; i++) {
        const row = [i * step];
        for (let j = 1; j <= other.length; j++) {
            row[j] = Math.min(last[j]! + step, row[j - 1]! + step, last[j - 1]! + change(one[i - 1]!, other[j - 1]!));
            if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
                row[j] = Math.min(row[j]!, before[j - 2]! + step);
        }
        before = last;
        last = row;
    }
    return last[other.length]!;
}

/** The nearest of the words, where one is near enough to be meant: the measure of src/lang/nearest.cc. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
    if (word.length > wordMax) return undefined;
    let best: string | undefined;
    let least = Math.max(step, Math.floor((word.length * step) / 3)) + 1;
    for (const candidate of candidates) {
        if (candidate.length > wordMax) continue;
        const far = distance(word, candidate);
        if (far === 0 || far >= least) continue;
        best = candidate;
        least = far;
    }
    return best;
}

class Parser {
    private readonly tokens: Token[];
    private place = 0;
    private depth = 0;
    private conditions = 0;
    private failing = false;
    private stopped = false;
    readonly diagnostics: Diagnostic[] = [];
    readonly parts: Part[] = [];
    readonly lists: Parsed['lists'] = [];
    readonly fields: Parsed['fields'] = [];

    constructor(text: string) {
        this.tokens = tokenize(text).tokens;
    }

    run(): Top {
        for (const token of this.tokens) if (token.kind === 'bad') this.error(token, token.code!, token.params);
        if (this.peek().kind === 'end') {
            this.error(this.peek(), 'empty');
            return 'empty';
        }
        const parsed = this.or();
        while (this.peek().kind !== 'end') {
            if (!this.failing) this.unexpectedRest();
            this.synchronise();
            if (this.peek().kind === 'end') break;
            this.next();
            this.failing = false;
            if (this.peek().kind !== 'end') this.or();
        }
        for (const token of this.tokens) if (token.kind === 'bad') this.mark(token, 'bad');
        this.diagnostics.sort((a, b) => a.from - b.from);
        const ok = parsed !== null && !this.diagnostics.some((one) => one.level === 'error');
        return ok ? (parsed.grouped && parsed.kind !== 'one' ? 'one' : parsed.kind) : 'broken';
    }

    private peek(ahead = 0): Token {
        return this.tokens[Math.min(this.place + ahead, this.tokens.length - 1)]!;
    }
    private next(role?: Role): Token {
        const token = this.peek();
        if (role && token.kind !== 'bad' && token.kind !== 'end') this.mark(token, role);
        if (this.place + 1 < this.tokens.length) this.place++;
        return token;
    }
    private mark(token: { from: number; to: number }, role: Role): void {
        this.parts.push({ from: token.from, to: token.to, role });
    }
    private symbol(symbol: string, ahead = 0): boolean {
        const token = this.peek(ahead);
        return token.kind === 'symbol' && token.text === symbol;
    }
    private word(word: string, ahead = 0): boolean {
        const token = this.peek(ahead);
        return token.kind === 'word' && token.text.toLowerCase() === word;
    }
    private atAnd(): boolean {
        return this.word('and') || this.word('e') || this.symbol('&&');
    }
    private atOr(): boolean {
        return this.word('or') || this.word('ou') || this.symbol('||');
    }

    private error(span: { from: number; to: number }, code: string, params: Params = {}): void {
        if (!this.stopped) this.diagnostics.push({ level: 'error', code, params, from: span.from, to: span.to });
    }

    private expected(code: string, params: Params = {}): null {
        const token = this.peek();
        if (!this.failing && token.kind !== 'bad')
            this.error(token, code, { ...params, kind: token.kind, found: token.text.slice(0, limits.found) });
        this.failing = true;
        return null;
    }

    private unexpectedRest(): void {
        if (this.symbol(')')) this.error(this.peek(), 'unopened_parenthesis');
        else this.expected('expected_junction_or_end');
        this.failing = true;
    }

    /** Skips to where a condition can end: and, or, or a parenthesis that closes one that stood open before. */
    private synchronise(): void {
        let open = 0;
        while (this.peek().kind !== 'end') {
            if (open === 0 && (this.atAnd() || this.atOr() || this.symbol(')'))) return;
            if (this.symbol('(')) open++;
            if (this.symbol(')')) open--;
            this.next();
        }
    }

    private or(): Node | null {
        const parts: Node[] = [];
        let whole = true;
        const begin = this.peek().from;
        for (;;) {
            const part = this.and();
            if (part) parts.push(part);
            whole &&= part !== null;
            if (!this.atOr()) break;
            this.next('keyword');
        }
        if (!whole) return null;
        if (parts.length === 1) return parts[0]!;
        if (parts.some((part) => part.kind === 'and' && !part.grouped))
            this.diagnostics.push({
                level: 'hint',
                code: 'mixed_junctions',
                params: {},
                from: begin,
                to: this.previousEnd(),
            });
        return { kind: 'or', grouped: false };
    }

    private and(): Node | null {
        const parts: Node[] = [];
        let whole = true;
        for (;;) {
            const part = this.unary();
            if (part) parts.push(part);
            else {
                this.synchronise();
                this.failing = false;
            }
            whole &&= part !== null;
            if (!this.atAnd()) break;
            this.next('keyword');
        }
        if (!whole) return null;
        return parts.length === 1 ? parts[0]! : { kind: 'and', grouped: false };
    }

    private previousEnd(): number {
        return this.place === 0 ? 0 : this.tokens[this.place - 1]!.to;
    }

    private atNot(): boolean {
        // A field may be called nao; it then stands before an operator.
        return this.symbol('!') || this.word('not') || (this.word('nao') && !this.atOperator(1));
    }
    private atOperator(ahead: number): boolean {
        return (
            compares.some((one) => this.symbol(one, ahead)) ||
            this.symbol('.', ahead) ||
            operatorWords.some((one) => this.word(one, ahead))
        );
    }

    private unary(): Node | null {
        if (!this.atNot()) return this.primary();
        this.next('keyword');
        if (!this.deeper()) return null;
        const child = this.unary();
        this.depth--;
        return child && { kind: 'one', grouped: true };
    }

    private deeper(): boolean {
        if (++this.depth <= limits.depth) return true;
        this.error(this.peek(), 'too_deep', { max: String(limits.depth) });
        this.failing = true;
        this.stopped = true;
        this.depth--;
        this.place = this.tokens.length - 1;
        return false;
    }

    private primary(): Node | null {
        if (this.symbol('(')) return this.group();
        if (quantifiers.some((one) => this.word(one)) && this.symbol('(', 1)) return this.quantified();
        return this.condition();
    }

    private group(): Node | null {
        const open = this.next('punctuation');
        if (!this.deeper()) return null;
        const inside = this.or();
        this.depth--;
        if (this.failing || !this.close(open) || !inside) return null;
        return { kind: inside.kind, grouped: true };
    }

    private close(open: Token): boolean {
        if (this.symbol(')')) {
            this.next('punctuation');
            return true;
        }
        if (this.peek().kind === 'end' && !this.failing) {
            this.error(open, 'unclosed_parenthesis');
            this.failing = true;
        } else this.expected('expected_junction_or_close');
        return false;
    }

    private quantified(): Node | null {
        this.next('function');
        const open = this.next('punctuation');
        if (!this.deeper()) return null;
        if (!this.path() || !this.take(',', 'expected_element_conditions')) {
            this.depth--;
            return null;
        }
        const inside = this.or();
        this.depth--;
        if (!inside || !this.close(open)) return null;
        return { kind: 'one', grouped: true };
    }

    private take(symbol: string, code: string): boolean {
        if (this.symbol(symbol)) {
            this.next('punctuation');
            return true;
        }
        this.expected(code);
        return false;
    }

    private condition(): Node | null {
        if (++this.conditions === limits.conditions + 1)
            this.error(this.peek(), 'too_many_conditions', { max: String(limits.conditions) });
        if (!this.operand()) return null;
        const negated = this.word('not') && !this.symbol('(', 1);
        if (negated) this.next('keyword');
        const good = this.right(negated);
        return good ? { kind: 'one', grouped: true } : null;
    }

    private operand(): boolean {
        if (!functions.some((one) => this.word(one)) || !this.symbol('(', 1)) return this.path();
        const isText = this.word('text');
        this.next('function');
        this.next('punctuation');
        if (!(isText && this.symbol(')')) && !this.path()) return false;
        return this.take(')', 'expected_close');
    }

    private path(): boolean {
        if (this.peek().kind !== 'word') return this.expected('expected_field') !== null;
        const begin = this.peek().from;
        const keys = [this.next('field').text];
        let segments = 1;
        while (this.symbol('.') || this.symbol('[')) {
            segments++;
            if (this.next('punctuation').text === '.') {
                if (this.peek().kind !== 'word' && this.peek().kind !== 'string')
                    return this.expected('expected_key') !== null;
                keys.push(this.next('field').text);
            } else if (!this.index()) return false;
        }
        const span = { from: begin, to: this.previousEnd() };
        this.fields.push({ path: keys.join('.'), ...span });
        if (segments > limits.segments) this.error(span, 'too_many_segments', { max: String(limits.segments) });
        return true;
    }

    private index(): boolean {
        if (this.symbol('*')) this.next('punctuation');
        else {
            const token = this.peek();
            if (token.kind !== 'number' || !/^\d+$/.test(token.text) || Number(token.text) > 0xffffffff)
                return this.expected('expected_index') !== null;
            this.next('number');
        }
        return this.take(']', 'expected_bracket');
    }

    private right(negated: boolean): boolean {
        const text = textOperators.find((one) => this.word(one));
        if (text) {
            this.next('operator');
            return this.textRight(text);
        }
        if (this.word('in')) {
            this.next('operator');
            return this.list();
        }
        if (negated) return this.expected('expected_negatable') !== null;
        if (this.word('exists')) {
            this.next('operator');
            return true;
        }
        if (this.word('is')) {
            this.next('operator');
            if (this.word('not')) this.next('operator');
            if (!this.word('null')) return this.expected('expected_null') !== null;
            this.next('constant');
            return true;
        }
        if (compares.some((one) => this.symbol(one))) {
            this.next('operator');
            return this.value();
        }
        return this.unknownOperator();
    }

    private unknownOperator(): boolean {
        const token = this.peek();
        if (this.failing || token.kind !== 'word') return this.expected('expected_operator') !== null;
        const near = nearest(token.text, operatorWords);
        this.error(token, 'unknown_operator', { found: token.text.slice(0, limits.found), ...(near ? { near } : {}) });
        this.failing = true;
        return false;
    }

    private textRight(operator: string): boolean {
        if (this.symbol('(') || this.symbol('$')) return this.list();
        if (this.peek().kind !== 'string') return this.expected('expected_string', { operator }) !== null;
        this.next('string');
        return true;
    }

    private list(): boolean {
        if (this.symbol('$')) {
            const dollar = this.next('list');
            if (this.peek().kind !== 'word') return this.expected('expected_list_name') !== null;
            const name = this.next('list');
            this.lists.push({ name: name.text, from: dollar.from, to: name.to });
            return true;
        }
        if (!this.take('(', 'expected_list')) return false;
        let items = 0;
        for (;;) {
            if (!this.value()) return false;
            items++;
            if (!this.symbol(',')) break;
            this.next('punctuation');
        }
        if (items > limits.items) this.error(this.peek(), 'too_many_items', { max: String(limits.items) });
        return this.take(')', 'expected_list_end');
    }

    private value(): boolean {
        const { kind } = this.peek();
        if (kind === 'string' || kind === 'number') {
            this.next(kind);
            return true;
        }
        if (['true', 'false', 'null'].some((one) => this.word(one))) {
            this.next('constant');
            return true;
        }
        if (kind !== 'word') return this.expected('expected_value') !== null;
        return this.path();
    }
}

/** Reads a filter. Never throws; what is wrong is told with its place. */
export function parse(text: string): Parsed {
    if (text.length > limits.bytes / 4 && encoder.encode(text).length > limits.bytes) {
        const end = text.length;
        const diagnostics: Diagnostic[] = [
            { level: 'error', code: 'too_long', params: { max: String(limits.bytes) }, from: end, to: end },
        ];
        return { ok: false, diagnostics, parts: [], top: 'broken', lists: [], fields: [] };
    }
    const parser = new Parser(text);
    const top = parser.run();
    const { diagnostics, parts, lists, fields } = parser;
    parts.sort((a, b) => a.from - b.from);
    return { ok: top !== 'broken' && top !== 'empty', diagnostics, parts, top, lists, fields };
}

// The grammar of the filter language, as src/lang/parser.cc reads it: the same verdict, codes and places, which
// tests/lang/conformance.test holds both to. The server's answer decides; this one is there before it.
import { unitsOf } from './bytes';
import { compares, functions, limits, operatorWords, quantifiers, textOperators } from './grammar';
import { nearest } from './nearest';
import { type Diagnostic, isIdentifier, type Params, quote, type Token, tokenize } from './tokens';
import type { Condition, Expectation, Literal, Operand, Parsed, Path, Right, Role, Span, Top } from './tree';

interface Node extends Span {
    grouped: boolean;
    kind: 'or' | 'and' | 'one';
    joined?: Span[];
}

const encoder = new TextEncoder();

/** As much of a token as a message shows. */
function beginning(text: string): string {
    let bytes = 0;
    let end = 0;
    for (const character of text) {
        bytes += encoder.encode(character).length;
        if (bytes > limits.found) break;
        end += character.length;
    }
    return text.slice(0, end);
}

const most = (max: number): Params => ({ max: String(max) });

class Parser {
    private readonly tokens: Token[];
    private place = 0;
    private depth = 0;
    private asked = 0;
    private failing = false;
    private stopped = false;
    /** Where the last condition that is whole ends, as a token. */
    private good = -1;
    /** The condition that is read. */
    private left: Operand | null = null;
    private operator: string | null = null;
    private inside: readonly Path[] = [];
    private open = 0;
    readonly found: Parsed = {
        ok: false,
        diagnostics: [],
        parts: [],
        top: 'broken',
        joined: [],
        conditions: [],
        quantified: [],
        next: null,
    };

    constructor(text: string) {
        this.tokens = tokenize(text).tokens;
    }

    run(): Parsed {
        const { found } = this;
        for (const token of this.tokens)
            if (token.kind === 'bad') {
                this.error(token, token.code!, token.params);
                this.mark(token, 'bad');
            }
        found.top = this.whole();
        found.ok = found.top !== 'broken' && found.top !== 'empty';
        if (this.good === this.place) this.expect('expected_junction_or_end');
        found.diagnostics.sort((a, b) => a.from - b.from);
        found.parts.sort((a, b) => a.from - b.from);
        return found;
    }

    private whole(): Top {
        if (this.peek().kind === 'end') {
            this.expect('expected_field');
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
        if (parsed === null || this.found.diagnostics.some((one) => one.level === 'error')) return 'broken';
        const one = parsed.grouped || parsed.kind === 'one';
        this.found.joined = one ? [parsed] : parsed.kind === 'and' ? parsed.joined! : [];
        return one ? 'one' : parsed.kind;
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
    private mark({ from, to }: Span, role: Role): void {
        this.found.parts.push({ from, to, role });
    }
    private symbol(symbol: string, ahead = 0): boolean {
        const token = this.peek(ahead);
        return token.kind === 'symbol' && token.text === symbol;
    }
    private word(word: string, ahead = 0): boolean {
        const token = this.peek(ahead);
        return token.kind === 'word' && token.text.toLowerCase() === word;
    }
    private oneOf<T extends string>(words: readonly T[]): T | undefined {
        return words.find((one) => this.word(one));
    }
    private atAnd(): boolean {
        return this.word('and') || this.word('e') || this.symbol('&&');
    }
    private atOr(): boolean {
        return this.word('or') || this.word('ou') || this.symbol('||');
    }
    private previousEnd(): number {
        return this.place === 0 ? 0 : this.tokens[this.place - 1]!.to;
    }

    private report(level: Diagnostic['level'], { from, to }: Span, code: string, params: Params = {}): void {
        if (!this.stopped) this.found.diagnostics.push({ level, code, params, from, to });
    }
    private error(span: Span, code: string, params: Params = {}): void {
        this.report('error', span, code, params);
    }

    private expect(code: string): void {
        const { left, operator, inside, open } = this;
        this.found.next ??= { code, left, operator, inside, open } satisfies Expectation;
    }

    /** Reports at the next token; until the parser has found its feet again, what follows from the first is not reported. */
    private expected(code: string, params: Params = {}): null {
        const token = this.peek();
        if (!this.failing && token.kind !== 'bad')
            this.error(token, code, { ...params, kind: token.kind, found: beginning(token.text) });
        if (!this.failing && token.kind === 'end') this.expect(code);
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
        const from = this.peek().from;
        const parts: (Node | null)[] = [];
        do parts.push(this.and());
        while (this.atOr() && this.next('keyword'));
        if (parts.includes(null)) return null;
        if (parts.length === 1) return parts[0]!;
        const span = { from, to: this.previousEnd() };
        if (parts.some((part) => part!.kind === 'and' && !part!.grouped)) this.report('hint', span, 'mixed_junctions');
        return { kind: 'or', grouped: false, ...span };
    }

    private and(): Node | null {
        const from = this.peek().from;
        const parts: (Node | null)[] = [];
        do {
            const part = this.unary();
            parts.push(part);
            if (part) this.good = this.place;
            else {
                this.synchronise();
                this.failing = false;
            }
        } while (this.atAnd() && this.next('keyword'));
        if (parts.includes(null)) return null;
        if (parts.length === 1) return parts[0]!;
        return { kind: 'and', grouped: false, joined: parts as Node[], from, to: this.previousEnd() };
    }

    private one(from: number): Node {
        return { kind: 'one', grouped: true, from, to: this.previousEnd() };
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
        const { from } = this.next('keyword');
        this.left = null;
        if (!this.deeper()) return null;
        const child = this.unary();
        this.depth--;
        return child && this.one(from);
    }

    private deeper(): boolean {
        if (++this.depth <= limits.depth) return true;
        this.error(this.peek(), 'too_deep', most(limits.depth));
        this.failing = true;
        this.stopped = true;
        this.depth--;
        this.place = this.tokens.length - 1;
        return false;
    }

    private primary(): Node | null {
        this.left = null;
        this.operator = null;
        if (this.symbol('(')) return this.group();
        if (this.oneOf(quantifiers) && this.symbol('(', 1)) return this.quantified();
        return this.condition();
    }

    private group(): Node | null {
        const open = this.next('punctuation');
        if (!this.deeper()) return null;
        this.open++;
        const inside = this.or();
        this.depth--;
        if (this.failing || !this.close(open) || !inside) return null;
        return { kind: inside.kind, grouped: true, from: open.from, to: this.previousEnd() };
    }

    private close(open: Token): boolean {
        if (this.symbol(')')) {
            this.next('punctuation');
            this.open--;
            return true;
        }
        if (this.peek().kind === 'end' && !this.failing) {
            if (this.good === this.place) this.expect('expected_junction_or_close');
            this.error(open, 'unclosed_parenthesis');
            this.failing = true;
        } else this.expected('expected_junction_or_close');
        return false;
    }

    private quantified(): Node | null {
        const { from } = this.next('function');
        const open = this.next('punctuation');
        if (!this.deeper()) return null;
        this.open++;
        const outside = this.inside;
        const path = this.path();
        if (path) {
            if (outside.length === 0) this.found.quantified.push(path);
            this.inside = [...outside, path];
        }
        const begun = path && this.take(',', 'expected_element_conditions');
        const conditions = begun ? this.or() : null;
        this.depth--;
        const whole = conditions !== null && this.close(open);
        this.inside = outside;
        return whole ? this.one(from) : null;
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
        const { from } = this.peek();
        if (++this.asked === limits.conditions + 1)
            this.error(this.peek(), 'too_many_conditions', most(limits.conditions));
        const left = this.operand();
        if (!left) return null;
        this.left = left;
        const negated = this.word('not') && !this.symbol('(', 1);
        if (negated) this.next('operator');
        const right = this.right(negated);
        if (!right || this.operator === null) return null;
        const { operator, inside } = this;
        this.found.conditions.push({ left, operator, inside, ...right, from, to: this.previousEnd() });
        return this.one(from);
    }

    private operand(): Operand | null {
        const name = this.oneOf(functions);
        if (!name || !this.symbol('(', 1)) {
            const path = this.path();
            return path && { function: null, path };
        }
        this.next('function');
        this.next('punctuation');
        const path = name === 'text' && this.symbol(')') ? null : this.path();
        if (path === null && this.failing) return null;
        return this.take(')', 'expected_close') ? { function: name, path } : null;
    }

    private path(): Path | null {
        if (this.peek().kind !== 'word') return this.expected('expected_field');
        const { from } = this.peek();
        const keys = [this.next('field').text];
        let text = keys[0]!;
        let segments = 1;
        while (this.symbol('.') || this.symbol('[')) {
            segments++;
            if (this.next('punctuation').text === '.') {
                if (this.peek().kind !== 'word' && this.peek().kind !== 'string') return this.expected('expected_key');
                const key = this.next('field').text;
                keys.push(key);
                text += `.${isIdentifier(key) ? key : quote(key)}`;
            } else {
                const index = this.index();
                if (index === null) return null;
                text += `[${index}]`;
            }
        }
        const path = { name: keys.join('.'), text, segments, from, to: this.previousEnd() };
        if (segments > limits.segments) this.error(path, 'too_many_segments', most(limits.segments));
        return path;
    }

    private index(): string | null {
        let index = '*';
        if (this.symbol('*')) this.next('punctuation');
        else {
            const { kind, text } = this.peek();
            if (kind !== 'number' || !/^\d+$/.test(text) || Number(text) > 0xffffffff)
                return this.expected('expected_index');
            index = String(Number(this.next('number').text));
        }
        return this.take(']', 'expected_bracket') ? index : null;
    }

    private right(negated: boolean): Pick<Condition, 'right' | 'list'> | null {
        const word = this.oneOf([...textOperators, 'in']);
        if (word) {
            this.next('operator');
            this.operator = word;
            return word === 'in' ? this.list() : this.textRight(word);
        }
        if (negated) return this.expected('expected_negatable');
        const nothing = { right: [], list: null };
        if (this.word('exists')) {
            this.next('operator');
            this.operator = 'exists';
            return nothing;
        }
        if (this.word('is')) {
            this.next('operator');
            if (this.word('not')) this.next('operator');
            if (!this.word('null')) return this.expected('expected_null');
            this.next('constant');
            this.operator = 'is null';
            return nothing;
        }
        const symbol = compares.find((one) => this.symbol(one));
        if (!symbol) return this.unknownOperator();
        this.next('operator');
        this.operator = symbol === '==' ? '=' : symbol;
        const value = this.value();
        return value && { right: [value], list: null };
    }

    private unknownOperator(): null {
        const token = this.peek();
        if (this.failing || token.kind !== 'word') return this.expected('expected_operator');
        const near = nearest(token.text, operatorWords);
        this.error(token, 'unknown_operator', { found: beginning(token.text), ...(near ? { near } : {}) });
        this.failing = true;
        return null;
    }

    private textRight(operator: string): Pick<Condition, 'right' | 'list'> | null {
        if (this.symbol('(') || this.symbol('$')) return this.list();
        if (this.peek().kind !== 'string') return this.expected('expected_string', { operator });
        return { right: [this.literal('string')], list: null };
    }

    private literal(kind: Literal['kind']): Literal {
        const plain = kind === 'string' || kind === 'number';
        const { text, from, to } = this.next(plain ? kind : 'constant');
        return { kind, text: plain ? text : '', from, to };
    }

    private list(): Pick<Condition, 'right' | 'list'> | null {
        if (this.symbol('$')) {
            const { from } = this.next('list');
            if (this.peek().kind !== 'word') return this.expected('expected_list_name');
            const name = this.next('list');
            return { right: [], list: { name: name.text, from, to: name.to } };
        }
        if (!this.take('(', 'expected_list')) return null;
        const items: Right[] = [];
        do {
            const item = this.value();
            if (!item) return null;
            items.push(item);
        } while (this.symbol(',') && this.next('punctuation'));
        if (items.length > limits.items) this.error(this.peek(), 'too_many_items', most(limits.items));
        return this.take(')', 'expected_list_end') ? { right: items, list: null } : null;
    }

    private value(): Right | null {
        const { kind } = this.peek();
        if (kind === 'string' || kind === 'number') return this.literal(kind);
        const constant = this.oneOf(['true', 'false', 'null']);
        if (constant) return this.literal(constant);
        if (kind !== 'word') return this.expected('expected_value');
        const path = this.path();
        return path && { kind: 'path', ...path };
    }
}

/** Reads a filter. Never throws; what is wrong is told with its place. */
export function parse(text: string): Parsed {
    if (text.length <= limits.bytes / 3 || encoder.encode(text).length <= limits.bytes) return new Parser(text).run();
    const at = unitsOf(text)(limits.bytes);
    const tooLong: Diagnostic = { level: 'error', code: 'too_long', params: most(limits.bytes), from: at, to: at };
    return { ...new Parser('').found, diagnostics: [tooLong] };
}

// The tokens of the filter language, as src/lang/token.cc splits them. Places are in UTF-16 units, as strings count here.

export type TokenKind = 'word' | 'string' | 'number' | 'symbol' | 'bad' | 'end';

export type Params = Readonly<Record<string, string>>;

export interface Diagnostic {
    level: 'error' | 'warning' | 'hint';
    /** Names the text to show: the message `filter.<code>`. The server's own are the same. */
    code: string;
    /** What the text speaks of; `near` is what was probably meant, `fix` what to write at the place instead. */
    params: Params;
    from: number;
    to: number;
}

export interface Token {
    kind: TokenKind;
    from: number;
    to: number;
    /** Of a string, its content with escapes resolved. */
    text: string;
    /** Of what is no part of the language, what is wrong with it. */
    code?: string;
    params?: Params;
}

export interface Comment {
    from: number;
    to: number;
}

const opening: Record<string, string> = {
    '“': '"',
    '”': '"',
    '„': '"',
    '«': '"',
    '»': '"',
    '‘': "'",
    '’': "'",
    '‚': "'",
};
// Longest first, so that `==` is never read as two `=`.
const symbols = ['==', '!=', '<=', '>=', '&&', '||', '(', ')', ',', '.', '[', ']', '=', '<', '>', '!', '*', '$'];
const blank = /[ \t\n\r\u00a0]/;
const word = /[A-Za-z_@][A-Za-z0-9_@:-]*/y;
const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const wordPart = /[A-Za-z0-9_@:-]*/y;
const nao = /n(?:ão|ÃO|ãO|Ão)/iy;
const simpleEscapes: Record<string, string> = { '"': '"', "'": "'", '\\': '\\', n: '\n', t: '\t' };

function at(pattern: RegExp, text: string, from: number): string {
    pattern.lastIndex = from;
    return pattern.exec(text)?.[0] ?? '';
}

const identifier = /^[A-Za-z_@][A-Za-z0-9_@:-]*$/;
/** Whether a key can stand in a path without quotes. */
export function isIdentifier(key: string): boolean {
    return identifier.test(key);
}

/** A text as a filter writes it, in double quotes. */
export function quote(text: string): string {
    let out = '"';
    for (const character of text) {
        if (character === '"' || character === '\\') out += `\\${character}`;
        else if (character === '\n') out += '\\n';
        else if (character === '\t') out += '\\t';
        else if (character < ' ') out += `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
        // Half a pair of surrogates is no character, and could not be sent.
        else out += character.length === 1 && character >= '\ud800' && character <= '\udfff' ? '\ufffd' : character;
    }
    return `${out}"`;
}

/** The character at a place, whole where it takes two units. */
function characterAt(text: string, place: number): string {
    const code = text.codePointAt(place);
    return code === undefined ? '' : String.fromCodePoint(code);
}

class Tokenizer {
    private place = 0;
    readonly tokens: Token[] = [];
    readonly comments: Comment[] = [];
    constructor(private readonly text: string) {}

    run(): this {
        const { text } = this;
        for (;;) {
            this.skipBlank();
            const from = this.place;
            const first = text[from];
            if (first === undefined) {
                this.push('end', from, '');
                return this;
            }
            if (first === '"' || first === "'") this.string(first);
            else if (/\d/.test(first) || (first === '-' && /\d/.test(text[from + 1] ?? ''))) this.number();
            else if (/[A-Za-z_@]/.test(first)) this.word();
            else this.symbol();
        }
    }

    private push(kind: TokenKind, from: number, text: string): void {
        this.tokens.push({ kind, from, to: this.place, text });
    }
    private bad(from: number, code: string, params: Params = {}): void {
        this.tokens.push({ kind: 'bad', from, to: this.place, text: '', code, params });
    }

    private skipBlank(): void {
        while (this.place < this.text.length) {
            const one = this.text[this.place]!;
            if (one === '#') {
                const end = this.text.indexOf('\n', this.place);
                const to = end < 0 ? this.text.length : end;
                this.comments.push({ from: this.place, to });
                this.place = to;
            } else if (blank.test(one)) this.place++;
            else return;
        }
    }

    private word(): void {
        const from = this.place;
        const plain = at(word, this.text, from);
        // `nao` and `não` are the only words with a letter beyond ASCII.
        const alias = plain.length === 1 ? at(nao, this.text, from) : '';
        this.place = from + (alias || plain).length;
        this.push('word', from, alias ? 'nao' : plain);
    }

    private number(): void {
        const from = this.place;
        const spelled = at(number, this.text, from);
        const more = at(wordPart, this.text, from + spelled.length);
        this.place = from + spelled.length + more.length;
        if (more) this.bad(from, 'bad_number', { text: spelled + more, fix: quote(spelled + more) });
        else this.push('number', from, spelled);
    }

    private string(closing: string): void {
        const { text } = this;
        const from = this.place++;
        let content = '';
        while (this.place < text.length && text[this.place] !== closing) {
            if (text[this.place] !== '\\') {
                content += text[this.place++];
                continue;
            }
            const escaped = this.escape();
            if (escaped !== null) {
                content += escaped;
                continue;
            }
            const begin = this.place++;
            this.place += characterAt(text, this.place).length;
            const spelled = text.slice(begin, this.place);
            this.bad(begin, 'unknown_escape', { text: spelled, fix: `\\${spelled}` });
        }
        if (this.place >= text.length) {
            this.place = text.length;
            this.bad(from, 'unclosed_string', { quote: closing });
            return;
        }
        this.place++;
        this.push('string', from, content);
    }

    /** What the escape at the backslash stands for, and goes behind it; null when there is no such escape. */
    private escape(): string | null {
        const kind = this.text[this.place + 1];
        if (kind === undefined) return null;
        if (kind !== 'u') {
            const simple = simpleEscapes[kind];
            if (simple === undefined) return null;
            this.place += 2;
            return simple;
        }
        const first = this.unit(this.place);
        if (first === null || (first >= 0xdc00 && first < 0xe000)) return null;
        if (first < 0xd800 || first >= 0xe000) {
            this.place += 6;
            return String.fromCharCode(first);
        }
        const second = this.unit(this.place + 6);
        if (second === null || second < 0xdc00 || second >= 0xe000) return null;
        this.place += 12;
        return String.fromCharCode(first, second);
    }

    private unit(from: number): number | null {
        const match = /^\\u([0-9a-fA-F]{4})/.exec(this.text.slice(from, from + 6));
        return match ? Number.parseInt(match[1]!, 16) : null;
    }

    private symbol(): void {
        const { text } = this;
        const from = this.place;
        const found = symbols.find((one) => text.startsWith(one, from));
        if (found) {
            this.place += found.length;
            this.push('symbol', from, found);
            return;
        }
        const straight = opening[text[from]!];
        if (straight) {
            this.typographic(straight);
            return;
        }
        const character = characterAt(text, from);
        this.place += character.length;
        this.bad(from, 'unknown_character', { text: character });
    }

    /** Takes all up to the closing typographic quote, so that one mistake is one message. */
    private typographic(straight: string): void {
        const from = this.place++;
        const content = this.place;
        for (; this.place < this.text.length && this.text[this.place] !== '\n'; this.place++) {
            if (!opening[this.text[this.place]!]) continue;
            const inside = this.text.slice(content, this.place++);
            this.bad(from, 'typographic_quotes', { fix: quote(inside) });
            return;
        }
        this.bad(from, 'typographic_quote', { straight });
    }
}

/** The tokens of a filter, `end` last, and its comments. What is no part of the language is a `bad` token. */
export function tokenize(text: string): { tokens: Token[]; comments: Comment[] } {
    const { tokens, comments } = new Tokenizer(text).run();
    return { tokens, comments };
}

// What the parser finds in a filter: parts for colours, conditions for checks, and what could come next for completion.
import type { Diagnostic } from './tokens';

export interface Span {
    from: number;
    to: number;
}

/** What a token is in its place. */
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

export interface Part extends Span {
    role: Role;
}

export interface Path extends Span {
    /** As the catalogue spells fields: keys joined by dots, indexes left out. */
    name: string;
    /** As the language prints it. */
    text: string;
    segments: number;
}

export interface Operand {
    function: string | null;
    /** Null for the whole event: `text()`. */
    path: Path | null;
}

export interface Literal extends Span {
    kind: 'string' | 'number' | 'true' | 'false' | 'null';
    /** Of a string its content, of a number its spelling. */
    text: string;
}

export type Right = ({ kind: 'path' } & Path) | Literal;

export interface Condition extends Span {
    left: Operand;
    /** As written in lower case; `==` is `=`. */
    operator: string;
    right: Right[];
    /** The name behind $, with its place. */
    list: (Span & { name: string }) | null;
    /** The paths of the quantifiers around it, outermost first: its own paths begin at their element. */
    inside: readonly Path[];
}

/** What could stand at the end of the text. */
export interface Expectation {
    /** The code of the diagnostic that would say so. */
    code: string;
    /** Of the condition that was begun. */
    left: Operand | null;
    operator: string | null;
    inside: readonly Path[];
    /** Parentheses that stand open, those of quantifiers, too. */
    open: number;
}

/** What the whole of a filter is joined by, where nothing is parenthesised. */
export type Top = 'or' | 'and' | 'one' | 'empty' | 'broken';

export interface Parsed {
    /** Whether no diagnostic is an error. */
    ok: boolean;
    diagnostics: Diagnostic[];
    /** In the order of the text. */
    parts: Part[];
    top: Top;
    /** What `and` joins at the top, each with the parentheses around it. */
    joined: Span[];
    conditions: Condition[];
    /** Paths of quantifiers that stand in no other. */
    quantified: Path[];
    /** Null where the text is too broken to tell. */
    next: Expectation | null;
}

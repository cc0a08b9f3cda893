// What can be known of a filter without an event, as src/lang/check.cc finds it: fields that no source has, lists that are not
// there, patterns that are none, comparisons that never hold.
import { nearest } from './nearest';
import { parse } from './parser';
import { patternFault } from './pattern';
import { type Diagnostic, type Params, quote } from './tokens';
import type { Condition, Literal, Parsed, Path, Span } from './tree';

export type FieldType = 'text' | 'number' | 'boolean' | 'time' | 'address' | 'object';

/** The fields of the events of one source. */
export interface Catalogue {
    event_type: string;
    /** Whether events may have fields that the catalogue does not know. */
    open: boolean;
    fields: readonly { path: string; type: FieldType; meaning: string }[];
    /** `empty`: events of this source have no such value, ever. */
    aliases: readonly { name: string; meaning: string; empty: boolean }[];
}

export interface Known {
    /** Of the sources whose events are asked; null when they are not known yet. */
    catalogues: readonly Catalogue[] | null;
    /** Names of lists; null when they are not known yet. */
    lists: readonly string[] | null;
}

const number = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Whether the text spells a number that a double holds. */
export function spellsNumber(text: string): boolean {
    if (!number.test(text)) return false;
    const value = Number(text);
    return Number.isFinite(value) && (value !== 0 || !/[1-9]/.test(text.split(/[eE]/)[0]!));
}

const isBelow = (path: string, parent: string) => path.startsWith(`${parent}.`);

/** A literal as the language prints it. */
function print({ kind, text }: Literal): string {
    if (kind === 'string') return quote(text);
    return kind === 'number' ? text : kind;
}

class Checker {
    readonly found: Diagnostic[] = [];
    private readonly sources: readonly Catalogue[];
    private readonly types: string;
    constructor(private readonly known: Known) {
        this.sources = known.catalogues ?? [];
        this.types = this.sources.map((one) => one.event_type).join(', ');
    }

    run(parsed: Parsed): Diagnostic[] {
        for (const path of parsed.quantified) this.path(path);
        for (const condition of parsed.conditions) this.condition(condition);
        return this.found.sort((a, b) => a.from - b.from);
    }

    private report(level: Diagnostic['level'], { from, to }: Span, code: string, params: Params): void {
        this.found.push({ level, code, params, from, to });
    }

    private condition(condition: Condition): void {
        const { left, right, list, inside } = condition;
        if (left.path && inside.length === 0) this.path(left.path);
        for (const one of right)
            if (one.kind !== 'path') this.literal(condition, one);
            else if (inside.length === 0) this.path(one);
        if (list) this.list(list);
    }

    private list(list: Span & { name: string }): void {
        const names = this.known.lists;
        if (!names || names.includes(list.name)) return;
        // The server's names stand in the order of their bytes.
        const near = nearest(list.name, [...names].sort());
        this.report('error', list, 'unknown_list', { list: list.name, ...(near ? { near } : {}) });
    }

    private literal(condition: Condition, literal: Literal): void {
        const { left, operator, inside } = condition;
        if (literal.kind === 'null') {
            if (!['=', '!=', 'in'].includes(operator)) this.report('error', literal, 'null_order', { operator });
            return;
        }
        if (literal.kind === 'number' && !spellsNumber(literal.text)) {
            this.report('error', literal, 'number_too_big', { text: literal.text });
            return;
        }
        const fault = operator === 'matches' ? patternFault(literal.text) : null;
        if (fault) {
            this.report('error', literal, 'bad_pattern', { ...fault });
            return;
        }
        const plain = left.function === null && inside.length === 0;
        if (plain) this.eventType(condition, literal);
        const field = plain && left.path ? this.field(left.path) : undefined;
        const counts = left.function === 'count' || left.function === 'length';
        if ((counts || field?.type === 'number') && !spellsNumber(literal.text)) {
            const operand = left.function ? `${left.function}(${left.path?.text ?? ''})` : left.path!.text;
            this.report('warning', condition, 'no_number', { operand, value: print(literal) });
        }
        if (field?.type === 'object') this.report('warning', condition, 'object_compared', { field: field.path });
    }

    private eventType(condition: Condition, literal: Literal): void {
        const { left, operator } = condition;
        if (!['=', 'in'].includes(operator) || left.path?.text !== 'event_type' || this.sources.length === 0) return;
        if (!this.sources.some((one) => one.event_type === literal.text))
            this.report('warning', condition, 'other_event_type', { types: this.types });
    }

    private field({ name }: Path): Catalogue['fields'][number] | undefined {
        for (const source of this.sources) {
            const found = source.fields.find((one) => one.path === name);
            if (found) return found;
        }
        return undefined;
    }

    private isKnown({ name, segments }: Path, source: Catalogue): boolean {
        if (name === 'event_type') return true;
        if (segments === 1 && source.aliases.some((one) => one.name === name)) return true;
        return source.fields.some(
            ({ path, type }) => path === name || isBelow(path, name) || (type === 'object' && isBelow(name, path)),
        );
    }

    private path(path: Path): void {
        const { sources } = this;
        if (sources.length === 0) return;
        const { name } = path;
        const unknown = sources.filter((one) => !this.isKnown(path, one)).length;
        if (unknown === sources.length) {
            const names = sources.flatMap((one) => [
                ...one.fields.map((field) => field.path),
                ...one.aliases.map((alias) => alias.name),
            ]);
            const near = nearest(name, names);
            const level = sources.some((one) => one.open) ? 'warning' : 'error';
            this.report(level, path, 'unknown_field', { field: name, ...(near ? { near } : {}) });
            return;
        }
        if (path.segments !== 1 || name === 'event_type') return;
        const empty = sources.filter((one) => one.aliases.some((alias) => alias.name === name && alias.empty)).length;
        if (empty + unknown === sources.length)
            this.report('warning', path, 'absent_field', { types: this.types, field: name });
    }
}

/** What is wrong with a filter or looks wrong, in the order of the text. What is not known is not asked. */
export function lint(text: string, known: Known): Diagnostic[] {
    const parsed = parse(text);
    if (!parsed.ok) return parsed.diagnostics;
    return [...parsed.diagnostics, ...new Checker(known).run(parsed)].sort((a, b) => a.from - b.from);
}

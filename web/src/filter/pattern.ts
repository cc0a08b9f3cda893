// What RE2 refuses in a pattern, as far as its text alone shows at a glance; what this lets pass, the server may still refuse.

export interface PatternFault {
    /** As the server names it. */
    reason: string;
    part: string;
}

/** Letters that mean something behind a backslash. */
const escapes = 'afnrtvxdswDSWbBAzCQEpP';

class Scanner {
    private at = 0;
    private open = 0;
    private repeatable = false;
    constructor(private readonly text: string) {}

    run(): PatternFault | null {
        while (this.at < this.text.length) {
            const fault = this.step(this.text[this.at]!);
            if (fault === 'unsure') return null;
            if (fault) return fault;
        }
        return this.open > 0 ? { reason: 'missing_parenthesis', part: this.text } : null;
    }

    private step(first: string): PatternFault | 'unsure' | null {
        switch (first) {
            case '\\':
                return this.escape();
            case '[':
                return this.set();
            case '(':
                return this.group();
            case ')':
                if (this.open === 0) return { reason: 'unexpected_parenthesis', part: this.text };
                this.open--;
                return this.pass(1, true);
            case '|':
                return this.pass(1, false);
            case '*':
            case '+':
            case '?':
                return this.repetition();
            case '{':
                // Counts are checked by the server; what spells none is plain text.
                return /^\{\d+(?:,\d*)?\}/.test(this.text.slice(this.at)) ? 'unsure' : this.pass(1, true);
            default:
                return this.pass(1, true);
        }
    }

    private pass(count: number, repeatable: boolean): null {
        this.at += count;
        this.repeatable = repeatable;
        return null;
    }

    private escape(): PatternFault | 'unsure' | null {
        const code = this.text.codePointAt(this.at + 1);
        if (code === undefined) return { reason: 'trailing_backslash', part: '' };
        const kind = String.fromCodePoint(code);
        if ('QExpP0'.includes(kind) || code >= 0x80) return 'unsure';
        const refused = /[1-9]/.test(kind)
            ? kind > '7' || !/[0-7]/.test(this.text[this.at + 2] ?? '')
            : /[A-Za-z]/.test(kind) && !escapes.includes(kind);
        if (refused) return { reason: 'bad_escape', part: `\\${kind}` };
        return this.pass(2, true);
    }

    private set(): PatternFault | 'unsure' | null {
        const set = /^\[\^?\]?(?:[^\]\\[]|\\[^A-Za-z0-9]|\\[dswDSWnrt])*\]/.exec(this.text.slice(this.at))?.[0];
        if (set) return /[^\\]-/.test(set.slice(2, -2)) ? this.range(set) : this.pass(set.length, true);
        const rest = this.text.slice(this.at);
        return rest.includes(']', 1) ? 'unsure' : { reason: 'missing_bracket', part: rest };
    }

    private range(set: string): 'unsure' | null {
        // A range in the right order, of plain letters or digits; others are left to the server.
        const ranges = [...set.slice(1, -1).matchAll(/([A-Za-z0-9])-([A-Za-z0-9])/g)];
        return ranges.every(([, low, high]) => low! <= high!) ? this.pass(set.length, true) : 'unsure';
    }

    private group(): PatternFault | 'unsure' | null {
        const rest = this.text.slice(this.at);
        const around = /^\(\?(?:[=!]|<[=!])/.exec(rest)?.[0];
        if (around) return { reason: 'unsupported_group', part: around.slice(0, 3) };
        const begin = /^\((?:\?(?:P?<[A-Za-z_]\w*>|[imsU-]*:))?/.exec(rest)![0];
        if (begin === '(' && rest[1] === '?') return 'unsure';
        this.open++;
        return this.pass(begin.length, false);
    }

    private repetition(): PatternFault | null {
        const operator = /^[*+?]+/.exec(this.text.slice(this.at))![0];
        if (!this.repeatable) return { reason: 'nothing_to_repeat', part: operator[0]! };
        // Lazy is fine, twice is not.
        const once = operator[1] === '?' ? 2 : 1;
        if (operator.length > once) return { reason: 'bad_repetition', part: operator.slice(0, once + 1) };
        return this.pass(once, false);
    }
}

/** Why a pattern is surely none; null when it may be one. */
export function patternFault(text: string): PatternFault | null {
    return new Scanner(text).run();
}

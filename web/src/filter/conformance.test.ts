// The cases of tests/lang/conformance.test, which hold the server's parser, hold this one; and the rules that are shipped are read.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Catalogue, type FieldType, lint } from './lint';
import { parse } from './parser';
import { type Diagnostic, quote, tokenize } from './tokens';

const root = resolve(import.meta.dirname, '../../..');
const lists = ['offices', 'names'];
const encoder = new TextEncoder();

interface Case {
    line: number;
    command: string;
    input: string[];
    expected: string[];
}

/** The format of tests/text_test.cc. */
function casesOf(text: string): Case[] {
    const cases: Case[] = [];
    let one: Case | null = null;
    let expecting = false;
    text.split('\n').forEach((line, at) => {
        if (line === '' && (expecting || !one)) {
            if (one) cases.push(one);
            one = null;
            expecting = false;
        } else if (one && expecting) one.expected.push(line);
        else if (one && line.startsWith('-')) {
            one.expected.push(line.slice(1));
            expecting = true;
        } else if (one) one.input.push(line);
        else if (!line.startsWith('#')) one = { line: at + 1, command: line, input: [], expected: [] };
    });
    return cases;
}

function sourcesOf(lines: readonly string[]): Catalogue[] {
    const sources: (Catalogue & { fields: unknown[]; aliases: unknown[] })[] = [];
    for (const line of lines) {
        const [first, second] = line.trim().split(' ') as [string, string];
        const last = sources.at(-1);
        if (!line.startsWith(' '))
            sources.push({ event_type: first, open: second === 'open', fields: [], aliases: [] });
        else if (first === 'alias' || first === 'nothing')
            last!.aliases.push({ name: second, meaning: '', empty: first === 'nothing' });
        else last!.fields.push({ path: first, type: second as FieldType, meaning: '' });
    }
    return sources;
}

function verdict(text: string, catalogues: readonly Catalogue[]): string {
    const found = catalogues.length > 0 ? lint(text, { catalogues, lists }) : parse(text).diagnostics;
    const bytes = (at: number) => encoder.encode(text.slice(0, at)).length;
    const print = ({ level, code, from, to, params }: Diagnostic) =>
        [
            `${level} ${code} ${bytes(from)}-${bytes(to)}`,
            ...Object.entries(params).map(([name, value]) => `${name}=${quote(value)}`),
        ].join(' ');
    return [...(found.some((one) => one.level === 'error') ? [] : ['ok']), ...found.map(print)].join('; ');
}

describe('the parser of the browser finds what the server finds', () => {
    const cases = casesOf(readFileSync(join(root, 'tests/lang/conformance.test'), 'utf8'));
    let catalogues: Catalogue[] = [];
    let asked = 0;
    for (const one of cases) {
        if (one.command === 'sources') {
            catalogues = sourcesOf(one.input);
            continue;
        }
        const known = catalogues;
        const escaped = one.command === 'verdicts escaped';
        it(`in the case of line ${one.line}`, () => {
            expect(['verdict', 'verdicts', 'verdicts escaped']).toContain(one.command);
            const texts = one.command === 'verdict' ? [one.input.join('\n')] : one.input;
            const got = texts.map((text) => verdict(escaped ? tokenize(text).tokens[0]!.text : text, known));
            expect(got.map((found, at) => `${texts[at]}\n${found}`)).toEqual(
                one.expected.map((found, at) => `${texts[at]}\n${found}`),
            );
        });
        asked += one.command === 'verdict' ? 1 : one.input.length;
    }
    it('in more than 300 filters', () => expect(asked).toBeGreaterThan(300));
});

/** The filter and the suppressions of a rule file, of the form that all shipped rules have. */
function filtersOf(yaml: string): string[] {
    const lines = yaml.split('\n');
    const begin = lines.indexOf('filter: |') + 1;
    const end = lines.findIndex((line, at) => at >= begin && line !== '' && !line.startsWith('  '));
    const filter = lines
        .slice(begin, end)
        .map((line) => line.slice(2))
        .join('\n');
    const list = /^suppressions: \[((?:(?:, )?'(?:[^']|'')*')*)\]$/m.exec(yaml);
    expect(begin > 0 && list !== null).toBe(true);
    const quiet = [...list![1]!.matchAll(/'((?:[^']|'')*)'/g)].map((one) => one[1]!.replaceAll("''", "'"));
    return [filter, ...quiet];
}

describe('the filters of the rules that are shipped', () => {
    const files = readdirSync(join(root, 'rules'), { recursive: true, encoding: 'utf8' }).filter(
        (name) => name.endsWith('.yaml') && !name.startsWith('lists'),
    );
    it('are all found', () => expect(files.length).toBeGreaterThan(250));
    it.each(files)('%s', (name) => {
        for (const filter of filtersOf(readFileSync(join(root, 'rules', name), 'utf8'))) {
            expect(filter.trim()).not.toBe('');
            expect(parse(filter)).toMatchObject({ ok: true, diagnostics: [] });
        }
    });
});

describe('the bounds of a filter', () => {
    const condition = 'a = 1 or ';
    it.each([
        ['bytes', 'too_long', (max: number) => `a = "${'x'.repeat(max - 6)}"`, 64 * 1024],
        ['bytes, not letters', 'too_long', (max: number) => `a = "xx${'ã'.repeat((max - 8) / 2)}"`, 64 * 1024],
        ['conditions', 'too_many_conditions', (max: number) => `${condition.repeat(max - 1)}a = 1`, 4096],
        ['parts of a path', 'too_many_segments', (max: number) => `a${'.b'.repeat(max - 1)} = 1`, 32],
        ['levels', 'too_deep', (max: number) => `${'any(x, '.repeat(max)}a = 1${')'.repeat(max)}`, 64],
    ] as const)('%s', (_name, code, text, max) => {
        expect(parse(text(max)).diagnostics).toEqual([]);
        const beyond = parse(text(max + (_name.startsWith('bytes,') ? 2 : 1)));
        expect(beyond.ok).toBe(false);
        expect(beyond.diagnostics[0]).toMatchObject({ code, params: { max: String(max) } });
    });
    it('is told where the text is cut', () => {
        const text = `a = "${'é'.repeat(40_000)}"`;
        expect(parse(text).diagnostics).toMatchObject([
            { code: 'too_long', from: 5 + Math.floor((64 * 1024 - 5) / 2) },
        ]);
    });
});

// The cases of tests/investigate/titles.test, which hold the server's titles, hold the console's.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createIntl, type MessageFormatElement } from 'react-intl';
import { describe, expect, it } from 'vitest';
import english from '~/i18n/en.gen.json';
import portuguese from '~/i18n/pt-BR.gen.json';
import { type EventSaid, valuesOf } from './said';

type Catalog = Record<string, MessageFormatElement[]>;
const said = (locale: string, messages: unknown) => {
    const intl = createIntl({
        locale,
        messages: messages as Catalog,
        onError: (error) => {
            throw error;
        },
    });
    return (one: EventSaid) => intl.formatMessage({ id: `investigate.said.${one.code}` }, valuesOf(one));
};
const inEnglish = said('en', english);
const inPortuguese = said('pt-BR', portuguese);

const prefix = 'investigate.said.';
const codes = Object.keys(english)
    .filter((id) => id.startsWith(prefix))
    .map((id) => id.slice(prefix.length));

/** The parameters of the sentence: the server gives them all. */
function parametersOf(tree: readonly unknown[], into = new Set<string>()): Set<string> {
    for (const part of tree as { type: number; value: string; options?: Record<string, { value: unknown[] }> }[]) {
        if (part.type !== 0) into.add(part.value.replace(/^has_/, ''));
        for (const option of Object.values(part.options ?? {})) parametersOf(option.value, into);
    }
    return into;
}
const empty = (code: string): EventSaid => ({
    code,
    params: Object.fromEntries([...parametersOf((english as unknown as Catalog)[prefix + code]!)].map((n) => [n, ''])),
});

interface Case {
    title: string;
    said: EventSaid;
}
function casesOf(text: string): Case[] {
    const cases: Case[] = [];
    let title = '';
    for (const line of text.split('\n')) {
        const found = /^ {2}said ([a-z.]+)(.*)$/.exec(line);
        if (!found) {
            title = line.replace(/^-/, '');
            continue;
        }
        const one = empty(found[1]!);
        for (const [, name, value] of found[2]!.matchAll(/ ([a-z]+)=("(?:[^"\\]|\\.)*")/g))
            one.params[name!] = JSON.parse(value!);
        cases.push({ title, said: one });
    }
    return cases;
}
const cases = casesOf(readFileSync(join(import.meta.dirname, '../../../../tests/investigate/titles.test'), 'utf8'));

describe('what happened', () => {
    it('is said in English as the server says it', () => {
        expect(cases.length).toBeGreaterThan(15);
        for (const one of cases) expect(inEnglish(one.said)).toBe(one.title);
    });
    it('is said in Portuguese, with all that the event says', () => {
        for (const { said } of cases) {
            const text = inPortuguese(said);
            for (const value of Object.values(said.params)) expect(text).toContain(value);
        }
    });
    it('has a text for each sentence, also when the event says nothing', () => {
        const source = readFileSync(join(import.meta.dirname, '../../../../src/investigate/event_title.cc'), 'utf8');
        const table = source.slice(source.indexOf('to_array<TitleSentence>'), source.indexOf('});'));
        const sentences = [...table.matchAll(/\{"([a-z.]+)",/g)].map((match) => match[1]!);
        expect(sentences.length).toBeGreaterThan(20);
        expect([...codes].sort()).toEqual(sentences.sort());
        for (const code of codes) {
            expect(inEnglish(empty(code)), code).not.toBe('');
            expect(inPortuguese(empty(code)), code).not.toBe('');
        }
    });
});

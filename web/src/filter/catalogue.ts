// What the server says of fields, as completion and checks take it.
import type { Schemas } from '~/api/client';
import type { Field } from './complete';
import type { Catalogue, FieldType } from './lint';

type Answer = Schemas['EventColumnList'];
export interface Extra {
    name: string;
    meaning: string;
}

/** The sources whose events rules of the type are asked of; without a type, all. */
export function sourcesOf(answer: Answer, type?: Schemas['RuleType']): Answer['sources'] {
    // A server of before they were told has none; its own check still says what is wrong.
    const sources = answer.sources ?? [];
    return type ? sources.filter((one) => one.rule_types.includes(type)) : sources;
}

/** Their catalogues, with fields that there are beside those of events. */
export function cataloguesOf(sources: Answer['sources'], extra: readonly Extra[]): Catalogue[] {
    const more = extra.map(({ name, meaning }) => ({ path: name, type: 'text' as const, meaning }));
    return sources.map((one) => ({ ...one, fields: [...one.fields, ...more] }));
}

/** Every field and alias once, by name; common are aliases and what has a column. */
export function fieldsOf(answer: Answer, sources: Answer['sources'], extra: readonly Extra[]): Field[] {
    const columns = new Set(answer.columns.map((one) => one.field));
    const found = new Map<string, { meaning: string; common: boolean; types: Set<FieldType> }>();
    const add = (name: string, meaning: string, common: boolean, type?: FieldType) => {
        const known = found.get(name) ?? { meaning, common, types: new Set() };
        if (type) known.types.add(type);
        found.set(name, { ...known, common: known.common || common });
    };
    for (const source of sources) {
        for (const { path, meaning, type } of source.fields) add(path, meaning, columns.has(path), type);
        for (const { name, meaning, empty } of source.aliases) if (!empty) add(name, meaning, true);
    }
    for (const { name, meaning } of extra) add(name, meaning, true, 'text');
    return [...found]
        .map(([name, { meaning, common, types }]) => ({
            name,
            meaning,
            common,
            type: types.size === 1 ? [...types][0] : undefined,
        }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
}

// Joins the catalogs of all folders (src/**/messages.en.json and messages.pt-BR.json) and compiles them to the trees that
// react-intl takes, so that the browser needs no parser. Each language must have the same ids with the same arguments.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parse, TYPE } from '@formatjs/icu-messageformat-parser';

const languages = ['en', 'pt-BR'];
const source = new URL('../src', import.meta.url).pathname;
const faults = [];

function argumentsOf(tree, into = new Set()) {
    for (const part of tree) {
        if (part.type === TYPE.literal || part.type === TYPE.pound) continue;
        into.add(part.value);
        for (const option of Object.values(part.options ?? {})) argumentsOf(option.value, into);
        if (part.children) argumentsOf(part.children, into);
    }
    return into;
}

function read(language) {
    const all = new Map();
    const name = `messages.${language}.json`;
    for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
        if (entry.name !== name) continue;
        const path = join(entry.parentPath ?? entry.path, entry.name);
        const place = relative(source, path);
        let texts;
        try {
            texts = JSON.parse(readFileSync(path, 'utf8'));
        } catch (error) {
            faults.push(`${place}: ${error.message}`);
            continue;
        }
        for (const [id, text] of Object.entries(texts)) {
            if (all.has(id)) faults.push(`${place}: '${id}' stands in another catalog already`);
            try {
                all.set(id, parse(text));
            } catch (error) {
                faults.push(`${place}: '${id}': ${error.message}`);
            }
        }
    }
    return all;
}

const catalogs = Object.fromEntries(languages.map((language) => [language, read(language)]));
for (const language of languages)
    for (const [id, tree] of catalogs[language])
        for (const other of languages) {
            if (other === language) continue;
            if (!catalogs[other].has(id)) faults.push(`'${id}' is missing in ${other}`);
            else {
                const here = [...argumentsOf(tree)].sort().join(' ');
                const there = [...argumentsOf(catalogs[other].get(id))].sort().join(' ');
                if (language < other && here !== there)
                    faults.push(`'${id}' takes [${here}] in ${language}, [${there}] in ${other}`);
            }
        }
if (faults.length > 0) {
    console.error([...new Set(faults)].join('\n'));
    process.exit(1);
}
for (const language of languages) {
    const path = join(source, 'i18n', `${language}.gen.json`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify(Object.fromEntries(catalogs[language]))}\n`);
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import catalog from '~/i18n/en.gen.json';

const source = join(import.meta.dirname, '..');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.tsx?$/.test(name) && !/\.test\./.test(name),
);
const ids = new Set(Object.keys(catalog));

describe('the texts of the console', () => {
    it('are in the catalog, each that the source names', () => {
        const missing = files.flatMap((name) => {
            const text = readFileSync(join(source, name), 'utf8');
            return [...text.matchAll(/\bt\(\s*'([^']+)'/g)]
                .map((match) => match[1]!)
                .filter((id) => !ids.has(id))
                .map((id) => `${name}: ${id}`);
        });
        expect(missing).toEqual([]);
    });
    it('stand for each code of a filter that the server knows', () => {
        const schema = readFileSync(join(source, 'api/schema.gen.ts'), 'utf8');
        const codes = /FilterFinding: ([^;]+);/.exec(schema)![1]!.match(/[a-z0-9_]+/g)!;
        expect(codes.length).toBeGreaterThan(30);
        expect(codes.filter((code) => !ids.has(`filter.${code}`))).toEqual([]);
    });
    it('stand for each command that has keys', () => {
        const missing = files.flatMap((name) =>
            [...readFileSync(join(source, name), 'utf8').matchAll(/\{ id: '([a-z.-]+)', (?:keys|run)[^}]*run/g)]
                .map((match) => match[1]!)
                .filter((id) => !ids.has(`keys.${id}`))
                .map((id) => `${name}: ${id}`),
        );
        expect(missing).toEqual([]);
    });
});

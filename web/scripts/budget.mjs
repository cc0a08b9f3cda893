// Holds the sizes of the built console to the budgets of its design. Needs `npm run build` first.
import { readFileSync } from 'node:fs';

const kib = 1024;
const budgets = { entry: 300 * kib, page: 520 * kib, chunk: 160 * kib, whole: 1200 * kib };
const manifest = JSON.parse(readFileSync(new URL('../dist/.vite/manifest.json', import.meta.url), 'utf8'));
const sizes = JSON.parse(readFileSync(new URL('../build/sizes.json', import.meta.url), 'utf8'));
const sizeOf = (file) => (/\.(js|css)$/.test(file) ? sizes[file.replace('assets/', '')].br : 0);

/** The files that must be there before a module runs. */
function needs(key, into = new Set()) {
    const one = manifest[key];
    if (into.has(one.file)) return into;
    into.add(one.file);
    for (const css of one.css ?? []) into.add(css);
    for (const next of one.imports ?? []) needs(next, into);
    return into;
}
const sum = (files) => [...files].reduce((total, file) => total + sizeOf(file), 0);

const entryKey = Object.keys(manifest).find((key) => manifest[key].isEntry);
const entry = needs(entryKey);
// One language is loaded with the entry: its own texts and those of Cloudscape.
const language = new Set(
    Object.keys(manifest)
        .filter((key) => /en\.gen\.json$|messages\/all\.en\.js$/.test(key))
        .flatMap((key) => [...needs(key)]),
);
const first = new Set([...entry, ...language]);
const rows = [['entry', sum(entry), budgets.entry]];
for (const key of Object.keys(manifest).filter((name) => /features\/.*Page\.tsx$/.test(name)))
    rows.push([key.replace(/.*\//, '').replace('.tsx', ''), sum(new Set([...first, ...needs(key)])), budgets.page]);
for (const [key, one] of Object.entries(manifest))
    if (one.isDynamicEntry && !entry.has(one.file)) {
        const own = sizeOf(one.file);
        if (own > budgets.chunk / 2) rows.push([`chunk ${key.replace(/.*\//, '')}`, own, budgets.chunk]);
    }
rows.push([
    'whole',
    Object.entries(sizes).reduce((total, [name, { br }]) => total + (/\.(js|css|svg)$/.test(name) ? br : 0), 0),
    budgets.whole,
]);
let over = 0;
for (const [name, size, budget] of rows) {
    if (size > budget) over++;
    console.log(
        `${name.padEnd(34)}${(size / kib).toFixed(1).padStart(9)} KiB  of ${(budget / kib).toFixed(0).padStart(5)}${size > budget ? '  TOO LARGE' : ''}`,
    );
}
process.exit(over > 0 ? 1 : 0);

// Writes a .br and a .gz beside each file of dist/assets that shrinks by it, and sizes.json for the budget.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const folder = new URL('../dist/assets/', import.meta.url).pathname;
const sizes = {};
for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (!statSync(path).isFile() || /\.(br|gz)$/.test(name)) continue;
    const raw = readFileSync(path);
    sizes[name] = { raw: raw.length, br: raw.length };
    if (!/\.(js|css|svg|json)$/.test(name)) continue;
    const br = brotliCompressSync(raw, {
        params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: raw.length },
    });
    writeFileSync(`${path}.br`, br);
    writeFileSync(`${path}.gz`, gzipSync(raw, { level: 9 }));
    sizes[name].br = br.length;
}
writeFileSync(new URL('../build/sizes.json', import.meta.url), `${JSON.stringify(sizes, null, 1)}\n`);

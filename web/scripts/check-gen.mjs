// Fails when a file that is made of another one is not what would be made of it now.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

process.chdir(new URL('..', import.meta.url).pathname);
mkdirSync('build/gen', { recursive: true });
const run = (command, ...words) => execFileSync(command, words, { encoding: 'utf8', maxBuffer: 1 << 26 });

writeFileSync('build/gen/openapi.json', run(process.env.PYTHON ?? 'python3', '../tools/openapi.py'));
run('npx', 'openapi-typescript', 'build/gen/openapi.json', '-o', 'build/gen/schema.gen.ts');
const made = [['build/gen/schema.gen.ts', 'src/api/schema.gen.ts']];
const stale = made.filter(([now, kept]) => readFileSync(now, 'utf8') !== readFileSync(kept, 'utf8'));
for (const [, kept] of stale)
    console.error(`${kept} is not what its source makes: run 'npm run gen' in web/ and commit it`);
process.exit(stale.length > 0 ? 1 : 0);

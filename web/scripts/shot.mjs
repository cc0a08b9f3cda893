// Takes pictures of pages of a running console, signed in, and says what is wrong with them.
//
//   node scripts/shot.mjs --url http://127.0.0.1:5173 --user E-MAIL --password-file FILE --out FOLDER [--width 1440] [--height 900]
//        [--theme light|dark] [--language en|pt-BR] [--axe] [--wait SELECTOR] [--script FILE.mjs] PATH...
//
// Prints for each path: errors of the console, reports of the content security policy, failed calls, and with --axe what axe finds.
// A script is a module whose default export is called with (page, path) before the picture, to open or type something.
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';
import { launchOptions } from './chromium.mjs';

const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
        url: { type: 'string', default: 'http://127.0.0.1:5173' },
        user: { type: 'string', default: 'owner@sample.example' },
        'password-file': { type: 'string' },
        out: { type: 'string', default: 'build/shots' },
        width: { type: 'string', default: '1440' },
        height: { type: 'string', default: '900' },
        theme: { type: 'string', default: 'light' },
        language: { type: 'string', default: 'en' },
        axe: { type: 'boolean', default: false },
        wait: { type: 'string' },
        script: { type: 'string' },
    },
});
mkdirSync(values.out, { recursive: true });
const script = values.script ? (await import(resolve(values.script))).default : null;
const browser = await chromium.launch(launchOptions);
const context = await browser.newContext({
    baseURL: values.url,
    viewport: { width: Number(values.width), height: Number(values.height) },
    timezoneId: 'America/Sao_Paulo',
    locale: values.language,
});
if (values['password-file']) {
    const password = /password (\S+)/.exec(readFileSync(values['password-file'], 'utf8'))[1];
    const answer = await context.request.post('/api/v1/session', { data: { email: values.user, password } });
    if (!answer.ok()) throw new Error(`sign-in: ${answer.status()} ${await answer.text()}`);
    const token = (await answer.json()).csrf_token;
    await context.request.put('/api/v1/preferences', {
        headers: { 'X-CSRF-Token': token },
        data: { theme: values.theme, language: values.language },
    });
}
await context.addInitScript(
    (kept) => {
        const before = JSON.parse(localStorage.getItem('vigia.preferences') ?? '{}');
        localStorage.setItem('vigia.preferences', JSON.stringify({ ...before, ...kept }));
    },
    { theme: values.theme, language: values.language },
);
const page = await context.newPage();
let found = [];
page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) found.push(`console ${message.type()}: ${message.text()}`);
});
page.on('pageerror', (error) => found.push(`page error: ${error.message}`));
page.on('response', (response) => {
    if (response.status() >= 400) found.push(`${response.status()} ${response.request().method()} ${response.url()}`);
});
for (const path of positionals) {
    found = [];
    await page.goto(path, { waitUntil: 'load' });
    await page.waitForSelector(values.wait ?? 'h1', { timeout: 15000 }).catch(() => found.push('no h1 came'));
    // The stream of alerts keeps the network busy, so stillness is when no skeleton is left.
    await page
        .waitForFunction(() => !document.querySelector('[class*="awsui_skeleton"]'), { timeout: 8000 })
        .catch(() => found.push('skeletons stayed'));
    await page.waitForTimeout(400);
    if (script) await script(page, path);
    const name = `${
        path
            .replace(/[^a-zA-Z0-9]+/g, '_')
            .replace(/^_|_$/g, '')
            .slice(0, 60) || 'overview'
    }-${values.width}-${values.theme}-${values.language}.png`;
    await page.screenshot({ path: join(values.out, name) });
    if (values.axe) {
        const { violations } = await new AxeBuilder({ page }).analyze();
        for (const one of violations)
            found.push(
                `axe ${one.impact} ${one.id}: ${one.help}\n    ${one.nodes
                    .map((node) => `${node.target.join(' ')} | ${node.html.slice(0, 160)}`)
                    .slice(0, 4)
                    .join('\n    ')}`,
            );
    }
    console.log(
        `${path}  →  ${join(values.out, name)}${found.length ? `\n  ${[...new Set(found)].join('\n  ')}` : '  clean'}`,
    );
}
await browser.close();

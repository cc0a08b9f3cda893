import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeBrowser, cloudTrail, expectAccessible, openTab, Server, settled, shot, type Tab } from './fixture';
import { languages, texts } from './texts';

interface Diagnostic {
    level: 'error' | 'warning' | 'hint';
    code: string;
    params: Record<string, string>;
}

const server = new Server();

beforeAll(async () => {
    await server.start();
    const named = (eventName: string, count: number) => Array.from({ length: count }, () => cloudTrail({ eventName }));
    await server.send([...named('PutImage', 7), ...named('PutLifecyclePolicy', 2), ...named('ListImages', 4)]);
});
afterAll(async () => {
    await closeBrowser();
    await server.stop();
});

const editor = (page: Page) => page.locator('.cm-content');
const faults = (page: Page) => page.locator('.vg-faults li > button:first-child').allTextContents();
const offered = (page: Page) => page.locator('.cm-tooltip-autocomplete li');
const labels = (page: Page) => offered(page).locator('.cm-completionLabel').allTextContents();

async function open(tab: Tab): Promise<void> {
    await tab.page.goto('/events');
    await settled(tab.page);
    await editor(tab.page).click();
}

/** Puts a text in the place of what is there, with no list of completions over it. */
async function write(page: Page, text: string): Promise<void> {
    await editor(page).click();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Delete');
    await page.keyboard.insertText(text);
    await expect.poll(() => editor(page).textContent()).toBe(text);
    await page.keyboard.press('Escape');
}

/** Takes the first completion. For 75 ms after its list came the editor takes Enter for one that was meant for the text. */
async function take(page: Page): Promise<void> {
    const seen = await page.evaluate(() => performance.now());
    await page.waitForFunction((from) => performance.now() - from > 75, seen);
    await page.keyboard.press('Enter');
}

describe('the editor of filters', () => {
    it.each(['light', 'dark'] as const)('colours the parts of the language: %s', async (theme) => {
        const tab = await openTab(server, { theme });
        const { page } = tab;
        await open(tab);
        await write(page, 'eventName = "PutImage" and length(user) > 2 and errorCode = null # why');
        const parts = (role: string) => page.locator(`.cm-content .vg-f-${role}`);
        await expect.poll(() => parts('field').allTextContents()).toEqual(['eventName', 'user', 'errorCode']);
        expect(await parts('operator').allTextContents()).toEqual(['=', '>', '=']);
        expect(await parts('keyword').allTextContents()).toEqual(['and', 'and']);
        expect(await parts('function').allTextContents()).toEqual(['length']);
        expect(await parts('string').allTextContents()).toEqual(['"PutImage"']);
        expect(await parts('number').allTextContents()).toEqual(['2']);
        expect(await parts('constant').allTextContents()).toEqual(['null']);
        expect(await parts('comment').allTextContents()).toEqual(['# why']);
        const colours = await Promise.all(
            ['field', 'keyword', 'string', 'number', 'comment'].map((role) =>
                parts(role)
                    .first()
                    .evaluate((part) => {
                        const { color, fontStyle } = getComputedStyle(part);
                        return `${color} ${fontStyle}`;
                    }),
            ),
        );
        expect(new Set(colours).size, colours.join(' ')).toBe(5);
        await expectAccessible(page);
        await shot(page, `filter-colours-${theme}`);
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it.each(languages)('completes fields, their operators and the values that were seen: %s', async (language) => {
        const t = texts(language);
        const tab = await openTab(server, { language });
        const { page } = tab;
        await open(tab);
        await page.keyboard.type('eventna');
        const field = offered(page).filter({ hasText: 'eventName' }).first();
        await field.waitFor();
        expect(await field.textContent()).toContain(t('filter.type.text'));
        // What the field means stands beneath the list.
        await page.locator('.cm-completionInfo').waitFor();
        await expectAccessible(page);
        await shot(page, `filter-fields-${language}`);
        await take(page);
        await expect.poll(() => labels(page)).toContain('starts_with');
        expect((await labels(page)).slice(0, 4)).toEqual(['=', '!=', 'in', 'not in']);
        await take(page);
        // The commonest first, with how often each was seen.
        await expect.poll(() => labels(page)).toContain('"PutImage"');
        const seen = await offered(page).allTextContents();
        expect(seen.slice(0, 3)).toEqual(['"PutImage"7', '"ListImages"4', '"PutLifecyclePolicy"2']);
        await shot(page, `filter-values-${language}`);
        await page.keyboard.type('"PutL');
        await expect.poll(() => labels(page)).toEqual(['"PutLifecyclePolicy"']);
        await take(page);
        await expect.poll(() => editor(page).textContent()).toBe('eventName = "PutLifecyclePolicy"');
        await page.keyboard.type(' an');
        await expect.poll(() => labels(page)).toContain('and');
        await take(page);
        // A number has another set of operators than a text.
        await page.keyboard.type('src_por');
        await expect.poll(() => labels(page)).toContain('src_port');
        await take(page);
        await expect.poll(() => labels(page)).toContain('>=');
        expect(await labels(page)).not.toContain('starts_with');
        // Tab leaves the editor, as everywhere.
        await page.keyboard.press('Escape');
        await page.keyboard.press('Tab');
        expect(await page.evaluate(() => document.activeElement?.closest('.cm-editor') ?? null)).toBeNull();
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it.each(languages)('says under the text what is wrong, as the server does, and at once: %s', async (language) => {
        const t = texts(language);
        const tab = await openTab(server, { language });
        const { page } = tab;
        await open(tab);
        let release = () => {};
        let held = Promise.resolve();
        await page.route('**/api/v1/filters/check', async (route) => {
            await held;
            await route.continue();
        });
        for (const filter of [
            'evntName = "PutImage"',
            'eventName lik "Put"',
            'eventName = ',
            'eventName = "PutImage" user = "bob"',
            '(eventName = "PutImage"',
            'eventName = "PutImage"))',
            'eventName = “PutImage”',
            'eventName matches "(Put"',
            'ip in $private_network',
            'user = "a" or user = "b" and errorCode exists',
            'requestParameters = "x"',
            'eventName < null',
            'a[x] = 1 and evntSource = "y"',
            'user = "açúcar 🍬" and evntName = "x"',
        ]) {
            const { diagnostics } = await server.call<{ diagnostics: Diagnostic[] }>('POST', '/api/v1/filters/check', {
                filter,
            });
            const expected = diagnostics.map(({ code, params }) => t(`filter.${code}`, params));
            expect(expected.length, filter).toBeGreaterThan(0);
            held = new Promise((done) => {
                release = done;
            });
            const asked = page.waitForRequest('**/api/v1/filters/check');
            await write(page, filter);
            // The server is asked, and its answer kept back: this is the console's own verdict.
            await asked;
            await expect.poll(() => faults(page), { message: filter }).toEqual(expected);
            const answered = page.waitForResponse('**/api/v1/filters/check');
            release();
            await (await answered).finished();
            await expect.poll(() => faults(page), { message: filter }).toEqual(expected);
            const marks = page.locator('.cm-content').locator('.vg-f-error, .vg-f-warning, .vg-f-hint');
            expect(await marks.count(), filter).toBeGreaterThan(0);
            const isError = diagnostics.some(({ level }) => level === 'error');
            expect(await editor(page).getAttribute('aria-invalid'), filter).toBe(String(isError));
        }
        await expectAccessible(page);
        await shot(page, `filter-faults-${language}`);
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it.each(languages)('offers what was probably meant, and writes it by a click: %s', async (language) => {
        const t = texts(language);
        const tab = await openTab(server, { language });
        const { page } = tab;
        await open(tab);
        await write(page, 'evntName lik “Put”');
        for (const fix of ['like', '"Put"', 'eventName']) {
            const button = page.getByRole('button', { name: t('filter.use', { text: fix }), exact: true });
            await button.click();
        }
        await expect.poll(() => editor(page).textContent()).toBe('eventName like "Put"');
        await expect.poll(() => faults(page)).toEqual([]);
        // A fault leads to its place.
        await write(page, 'eventName = "PutImage" and usr = "alice"');
        await page.getByRole('button', { name: t('filter.unknown_field', { field: 'usr' }) }).click();
        await expect.poll(() => page.evaluate(() => getSelection()?.toString())).toBe('usr');
        await page.keyboard.insertText('user');
        await page.keyboard.press('Escape');
        await page.keyboard.press('Enter');
        await page.waitForURL('**/events?filter=*');
        await page.getByRole('heading', { level: 1, name: `${t('events.title')} (7)` }).waitFor();
        expect(tab.faults).toEqual([]);
        await tab.close();
    });
});

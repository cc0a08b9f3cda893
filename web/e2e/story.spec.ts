import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
    closeBrowser,
    cloudTrail,
    expectAccessible,
    guidePicture,
    openTab,
    Server,
    sampleTrail,
    settled,
    shot,
} from './fixture';
import { type Language, languages, texts } from './texts';

// What Vigia is for, from an alert that arrives to a rule that fires: a role of the release pipeline sends a shell script to the
// build host, which turns out to be announced work; but such a script is never again to pass unnoticed.
const account = '111122223333';
const role = `arn:aws:iam::${account}:role/Release`;
const session = 'AROAEXAMPLERELEASE01:release-412';
const host = 'ip-10-20-3-77.eu-west-1.compute.internal';
const instance = 'i-0a1b2c3d4e5f60718';
const minute = 60_000;
const day = 1440 * minute;
const ago = (milliseconds: number) => new Date(Date.now() - milliseconds);

const release = (run: string, more: Record<string, unknown>, at = new Date()) =>
    cloudTrail(
        {
            sourceIPAddress: '192.0.2.85',
            userAgent: 'aws-sdk-go-v2/1.26.1 os/linux lang/go#1.22.2',
            userIdentity: {
                type: 'AssumedRole',
                principalId: `AROAEXAMPLERELEASE01:${run}`,
                arn: `arn:aws:sts::${account}:assumed-role/Release/${run}`,
                accountId: account,
                accessKeyId: `ASIAEXAMPLE${run.replace('-', '').toUpperCase().padEnd(9, '0')}`,
                sessionContext: {
                    sessionIssuer: {
                        type: 'Role',
                        principalId: 'AROAEXAMPLERELEASE01',
                        arn: role,
                        accountId: account,
                        userName: 'Release',
                    },
                    attributes: { creationDate: at.toISOString(), mfaAuthenticated: 'false' },
                },
            },
            ...more,
        },
        at,
    );
const script = {
    eventSource: 'ssm.amazonaws.com',
    eventName: 'SendCommand',
    requestParameters: {
        documentName: 'AWS-RunShellScript',
        instanceIds: [instance],
        parameters: 'HIDDEN_DUE_TO_SECURITY_REASONS',
    },
};

let number = 0;
const program = (pid: number, ppid: number, line: string, at: Date) => ({
    _id: `00000000-0000-4000-9000-${String(++number).padStart(12, '0')}`,
    event_type: 'audit',
    event_time: at.getTime(),
    timestamp: at.getTime(),
    host_metadata: { hostname: host, instance_id: instance },
    type: 'start',
    syscall: 'execve',
    success: true,
    pid,
    ppid,
    user: 'root',
    exe: line.split(' ')[0],
    command: line.split(' ')[0]!.split('/').at(-1),
    arguments: line,
});

/** What the session did before its script, and what the script did on the host. */
const before = (run: string) => [
    release(run, { eventName: 'GetAuthorizationToken' }, ago(9 * minute)),
    ...['shop/web', 'shop/api', 'shop/worker'].map((repositoryName, at) =>
        release(run, { eventName: 'PutImage', requestParameters: { repositoryName } }, ago((8 - at) * minute)),
    ),
    release(run, { eventSource: 'ssm.amazonaws.com', eventName: 'DescribeInstanceInformation' }, ago(3 * minute)),
];
const onHost = () => [
    program(4100, 1, '/usr/bin/ssm-document-worker document.json', ago(minute)),
    program(4107, 4100, '/bin/sh -c /tmp/script/_script.sh', ago(minute - 1000)),
    program(
        4111,
        4107,
        '/usr/bin/curl -fsS -o /tmp/cleanup.sh https://tools.shop.example/cleanup.sh',
        ago(minute - 2000),
    ),
    program(4116, 4107, '/bin/bash /tmp/cleanup.sh', ago(minute - 5000)),
    program(4121, 4116, '/usr/bin/docker image prune --all --force', ago(minute - 6000)),
];

interface Alert {
    id: string;
    title: string;
    status: string;
    severity: number;
}

describe.each(languages)('the story that Vigia is for: %s', (language: Language) => {
    const t = texts(language);
    const server = new Server();
    const alerts = (query: string) =>
        server.call<{ alerts: Alert[] }>('GET', `/api/v1/alerts?${query}`).then((answer) => answer.alerts);
    beforeAll(async () => {
        await server.start();
        for (const piece of sampleTrail(12)) await server.send(piece);
        await server.send([
            ...[9, 7, 5, 2].map((days) => release('release-398', script, ago(days * day))),
            ...before('release-412'),
            ...onHost(),
        ]);
    });
    afterAll(async () => {
        await closeBrowser();
        await server.stop();
    });

    it('goes from an alert that arrives to a rule that fires', async () => {
        const tab = await openTab(server, { language, width: 1280, height: 800 });
        const { page } = tab;
        const picture = async (name: string) => {
            await settled(page);
            await guidePicture(page, language, `story-${name}`);
        };
        const button = (id: string, values?: Record<string, string | number>, within: Pick<Page, 'getByRole'> = page) =>
            within.getByRole('button', { name: t(id, values), exact: true });

        // 1. An alert arrives while somebody has the inbox open; it waits, so that no row moves.
        await page.goto('/alerts?severity=2');
        await settled(page);
        await page.getByText(t('top.live.live'), { exact: true }).locator('visible=true').waitFor();
        await server.send([release('release-412', script)]);
        const fresh = button('alerts.fresh', { count: 1 });
        await fresh.waitFor();
        await picture('01-arrives');
        await fresh.click();
        const title = `CloudTrail: SSM Shell Script On Instances: SendCommand by release-412 in account ${account} from 192.0.2.85`;
        const row = page.locator('tr:has(.vg-alert)').filter({ hasText: title });
        await row.waitFor();

        // 2. It is opened beside the list, then as a page: why it fired, and how usual that is.
        await page.keyboard.press('j');
        await page.keyboard.press('Enter');
        const panel = page.locator('[data-alert-panel]');
        await panel.getByText(t('alerts.why')).waitFor();
        expect(await page.locator('tr:has(.vg-alert-at)').textContent()).toContain('release-412');
        await page.keyboard.press('Enter');
        await page.waitForURL(/\/alerts\/[0-9a-f-]{36}$/);
        const alertUrl = new URL(page.url()).pathname;
        await page.getByRole('heading', { level: 1, name: title }).waitFor();
        await page.getByText('AWS-RunShellScript').first().waitFor();
        await page.getByRole('link', { name: t('alerts.pivot.investigate.label', { value: session }) }).waitFor();
        await expectAccessible(page);
        await page.getByRole('tab', { name: t('alerts.tab.why') }).evaluate((tab) => tab.scrollIntoView());
        await picture('02-why');

        // 3. What was counted.
        await page.getByRole('tab', { name: t('alerts.tab.events') }).click();
        await page.getByText('ssm:SendCommand').first().waitFor();
        await page.locator('.vg-leaves').getByText(instance).waitFor();
        await picture('03-events');

        // 4. Who it was: all that the session did, in the order of time.
        await page.getByRole('tab', { name: t('alerts.tab.why') }).click();
        await page.getByRole('link', { name: t('alerts.pivot.investigate.label', { value: session }) }).click();
        await page.waitForURL('**/investigate?*');
        const timeline = page.getByRole('grid', { name: t('investigate.tab.timeline') });
        await timeline.getByText('GetAuthorizationToken').first().waitFor();
        await timeline.getByText(title).waitFor();
        expect(await timeline.getByText('PutImage').count()).toBeGreaterThan(0);
        await picture('04-timeline');

        // 5. With which keys, from where, by which calls.
        await page.getByRole('tab', { name: t('investigate.tab.identity') }).click();
        await page.getByRole('link', { name: 'DescribeInstanceInformation', exact: true }).waitFor();
        await page.getByRole('link', { name: role, exact: true }).waitFor();
        await expectAccessible(page);
        await picture('05-identity');

        // 6. What the script did on the host.
        await page.goto('/investigate');
        await page.getByRole('textbox', { name: t('investigate.value') }).fill(host);
        await button('investigate.do').click();
        await page.getByRole('tab', { name: t('investigate.tab.tree') }).click();
        const tree = page.getByRole('tree');
        await tree.getByText('/bin/sh -c /tmp/script/_script.sh').waitFor();
        await tree
            .getByRole('button', { name: /_script\.sh.*4107/ })
            .first()
            .click();
        await tree.getByText('/bin/bash /tmp/cleanup.sh').waitFor();
        await tree
            .getByRole('button', { name: /bash.*cleanup.*4116/ })
            .first()
            .click();
        await tree.getByText('/usr/bin/docker image prune --all --force').waitFor();
        await picture('06-processes');

        // 7. What was found out is written down.
        await page.goto(`${alertUrl}?tab=notes`);
        const note =
            language === 'en'
                ? 'Asked the release team: announced cleaning of the build host, CHG-1042.'
                : 'Perguntei ao time de release: limpeza anunciada do servidor de build, CHG-1042.';
        await page.getByRole('textbox', { name: t('alerts.note') }).fill(note);
        await button('alerts.note.add').click();
        await page.locator('.vg-history').getByText(note).waitFor();
        await picture('07-note');

        // 8. The announced work is suppressed, once it is known what that would have silenced.
        await button('alerts.suppress').click();
        const dialog = page.getByRole('dialog');
        await dialog.getByText(t('alerts.silence.this')).waitFor();
        await dialog.getByRole('textbox', { name: t('alerts.suppress.reason') }).fill('CHG-1042');
        await expectAccessible(page);
        await picture('08-suppress');
        await button('alerts.suppress.do', undefined, dialog).click();
        await dialog.waitFor({ state: 'detached' });
        const { suppressions } = await server.call<{ suppressions: { filter: string }[] }>(
            'GET',
            '/api/v1/suppressions',
        );
        expect(suppressions).toHaveLength(1);
        expect(suppressions[0]!.filter).toContain('user = "release-412"');

        // 9. This alert is done with, for a reason.
        await page.getByRole('button', { name: t('alerts.dismiss'), exact: true }).click();
        await dialog.getByRole('radio', { name: t('alerts.reason.MAINTENANCE') }).click();
        await shot(page, `story-09-dismiss-${language}`);
        await button('alerts.dismiss.do', { count: 1 }, dialog).click();
        await dialog.waitFor({ state: 'detached' });
        await expect.poll(async () => (await server.call<Alert>('GET', `/api/v1${alertUrl}`)).status).toBe('dismissed');

        // 10. The same events by search: who else sends scripts there?
        await page.goto('/events?range=30d');
        await settled(page);
        const editor = page.locator('.vg-events-filter .cm-content');
        await editor.click();
        const filter = `eventName = "SendCommand" and requestParameters.instanceIds = "${instance}"`;
        await page.keyboard.insertText(filter);
        await page.keyboard.press('Escape');
        await page.keyboard.press('Enter');
        await page.getByRole('heading', { level: 1, name: `${t('events.title')} (5)` }).waitFor();
        await page.locator('.vg-grid-row').filter({ hasText: 'release-412' }).waitFor();
        await picture('10-search');

        // 11. The search becomes a rule, tested before it stands.
        await button('events.rule').click();
        await page.waitForURL('**/rules/new?*');
        const name = language === 'en' ? 'Shell script on the build host' : 'Script no servidor de build';
        await page.getByRole('textbox', { name: t('rules.name'), exact: true }).fill(name);
        await page.getByRole('button', { name: t('ui.severity.3') }).click();
        await page.getByRole('option', { name: t('ui.severity.1') }).click();
        const newest = page.getByText(t('ui.backtest.newest'));
        await newest.waitFor();
        await newest.evaluate((text) => text.scrollIntoView({ block: 'end' }));
        await picture('11-rule');
        await button('rules.make').click();
        await page.getByRole('heading', { level: 1, name }).waitFor();
        await expect.poll(() => page.url()).toMatch(/\/rules\/[0-9a-f-]{36}/);
        const rule = /\/rules\/([^?]+)/.exec(page.url())![1]!;

        // 12. It fires on the next event, while the suppressed one keeps quiet.
        await page.goto('/alerts?severity=1');
        await settled(page);
        await page.getByText(t('top.live.live'), { exact: true }).locator('visible=true').waitFor();
        const quiet = (await alerts('status=all&severity=2&limit=200')).length;
        await server.send([release('release-412', script)]);
        await fresh.waitFor();
        expect(await alerts(`rule=${rule}`)).toMatchObject([{ severity: 1, status: 'active' }]);
        expect((await alerts('status=all&severity=2&limit=200')).length).toBe(quiet);
        await fresh.click();
        await page.locator('tr:has(.vg-alert)').filter({ hasText: name }).waitFor();
        await picture('12-fires');
        expect(tab.faults).toEqual([]);
        await tab.close();
    });
});

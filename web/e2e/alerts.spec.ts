import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeBrowser, cloudTrail, expectAccessible, looks, openTab, Server, settled, shot } from './fixture';

interface Alert {
    id: string;
    title: string;
    status: string;
    assignee: string;
    dismiss_reason: string;
}

// Starting a session on an instance raises an alert of severity 3 for each user and address; stopping a trail one of severity 1.
const session = (user: string, ip: string) =>
    cloudTrail({
        eventSource: 'ssm.amazonaws.com',
        eventName: 'StartSession',
        sourceIPAddress: ip,
        userIdentity: {
            type: 'IAMUser',
            principalId: `AIDAEXAMPLE${user.toUpperCase()}`,
            arn: `arn:aws:iam::111122223333:user/${user}`,
            accountId: '111122223333',
            accessKeyId: 'AKIAEXAMPLE000000001',
            userName: user,
        },
        requestParameters: { target: 'i-0a1b2c3d4e5f60712' },
    });
const stopped = (user: string) =>
    cloudTrail({
        eventSource: 'cloudtrail.amazonaws.com',
        eventName: 'StopLogging',
        userIdentity: { type: 'IAMUser', userName: user, arn: `arn:aws:iam::111122223333:user/${user}` },
    });

describe('alerts', () => {
    const server = new Server();
    const alerts = (query: string) =>
        server.call<{ alerts: Alert[] }>('GET', `/api/v1/alerts?${query}`).then((answer) => answer.alerts);
    const row = (text: string) => `tr:has(.vg-alert):has-text("${text}")`;
    beforeAll(async () => {
        await server.start();
        const users = Array.from({ length: 60 }, (_, at) => `user${String(at).padStart(2, '0')}`);
        await server.send([...users.map((user, at) => session(user, `192.0.2.${at + 1}`)), stopped('mallory')]);
        expect((await alerts('title=SSM%20Start&limit=100')).length).toBe(60);
    });
    afterAll(async () => {
        await closeBrowser();
        await server.stop();
    });

    it('lets new alerts wait behind a button, and moves no row for them', async () => {
        const tab = await openTab(server);
        const { page } = tab;
        await page.goto('/alerts?severity=3');
        await settled(page);
        await page.locator(row('user')).first().waitFor();
        const first = await page.locator('[data-alert]').first().getAttribute('data-alert');
        await page.getByText('Live', { exact: true }).locator('visible=true').waitFor();
        await server.send([session('newcomer', '198.51.100.9'), stopped('other')]);
        const button = page.getByRole('button', { name: '1 new' });
        await button.waitFor();
        // Only what belongs to the view waits: the one of severity 1 does not.
        expect(await page.locator('[data-alert]').first().getAttribute('data-alert')).toBe(first);
        expect(await page.locator(row('newcomer')).count()).toBe(0);
        await expectAccessible(page);
        await button.click();
        await page.locator(row('newcomer')).waitFor();
        expect(await button.count()).toBe(0);
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('tells why it fired: each condition, what it found, and which matches made it', async () => {
        const refused = (minutesAgo: number, eventName: string) =>
            cloudTrail(
                {
                    eventName,
                    errorCode: 'AccessDenied',
                    userIdentity: { type: 'IAMUser', userName: 'prober', arn: 'arn:aws:iam::111122223333:user/prober' },
                },
                new Date(Date.now() - minutesAgo * 60_000),
            );
        await server.send([
            ...[9, 8, 7, 6, 5].map((minutes) => refused(minutes, 'ListImages')),
            refused(1, 'DescribeImages'),
        ]);
        const [alert] = await alerts('title=ECR%20Access%20Denied');
        const tab = await openTab(server);
        const { page } = tab;
        await page.goto(`/alerts/${alert!.id}`);
        await settled(page);
        const list = page.getByRole('list', { name: 'The filter, condition by condition' });
        await list.waitFor();
        const condition = (text: string) => list.locator('li', { hasText: text }).last().textContent();
        expect(await list.locator('li').first().textContent()).toMatch(/^Holds.*All of these/s);
        expect(await condition('errorCode starts_with "AccessDenied"')).toMatch(
            /Holds.*The event has.*"AccessDenied"/s,
        );
        expect(await condition('eventSource in')).toMatch(/Holds.*"ecr.amazonaws.com"/s);
        await page.getByText(/5 matching events within 1 hour made this alert.*6 have been counted/).waitFor();
        // The keyboard alone takes another of its events; the view is its URL's.
        const chooser = page.getByRole('button', { name: /Explain the event/ });
        await chooser.focus();
        await page.keyboard.press('Enter');
        await page
            .getByRole('option', { name: /ecr:ListImages/ })
            .first()
            .waitFor();
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('Enter');
        await page.waitForURL(/event=/);
        await page.reload();
        await settled(page);
        await list.waitFor();
        expect(await chooser.textContent()).toContain('ecr:ListImages');
        await expectAccessible(page);
        await shot(page, 'alert-why');
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('narrows the time by a span drawn in the plot, and takes it off by a double click', async () => {
        const tab = await openTab(server);
        const { page } = tab;
        await page.goto('/alerts?severity=3');
        await settled(page);
        const plot = page.locator('.u-over');
        await plot.waitFor();
        const box = (await plot.boundingBox())!;
        await page.mouse.move(box.x + 20, box.y + 20);
        await page.mouse.down();
        await page.mouse.move(box.x + 200, box.y + 30, { steps: 5 });
        await page.mouse.up();
        await page.waitForURL('**from=*until=*');
        // The alerts are of now, at the right end.
        await page.getByText('No alert matches').waitFor();
        await page.goBack();
        await page.locator(row('user')).first().waitFor();
        await page.goForward();
        await page.getByText('No alert matches').waitFor();
        await page.locator('.u-over').dblclick();
        await page.waitForURL((url) => !url.searchParams.has('from'));
        await page.locator(row('user')).first().waitFor();
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('goes through the list by keys, and what is open follows', async () => {
        const tab = await openTab(server);
        const { page } = tab;
        await page.goto('/alerts?severity=3');
        await page.locator(row('user')).first().waitFor();
        const at = () => page.locator('.vg-alert-at').getAttribute('data-alert');
        await page.keyboard.press('j');
        const first = await at();
        await page.keyboard.press('j');
        const second = await at();
        expect(second).not.toBe(first);
        await page.keyboard.press('k');
        expect(await at()).toBe(first);
        await page.keyboard.press('Enter');
        await page.locator('[data-alert-panel]').getByText('Why it fired').waitFor();
        expect(new URL(page.url()).searchParams.get('open')).toBe(first);
        // What is open follows the mark.
        await page.keyboard.press('j');
        await page.locator(`[data-alert-panel] a[href="/alerts/${second}"]`).first().waitFor();
        expect(await at()).toBe(second);
        // A link restores what was open.
        const url = page.url();
        await page.goto(url);
        await page.locator('[data-alert-panel]').getByText('Why it fired').waitFor();
        await page.keyboard.press('Enter');
        await page.waitForURL(`**/alerts/${new URL(url).searchParams.get('open')}`);
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('dismisses one with a reason, and undoes it', async () => {
        const tab = await openTab(server);
        const { page } = tab;
        await page.goto('/alerts?severity=1&title=mallory');
        await page.locator(row('mallory')).waitFor();
        await page.keyboard.press('j');
        await page.keyboard.press('e');
        await page.getByRole('dialog').getByText('Dismiss 1 alert').waitFor();
        await expectAccessible(page);
        await page.getByRole('radio', { name: 'Other' }).click();
        await page.getByRole('button', { name: 'Dismiss 1', exact: true }).click();
        await page.getByText('say what the reason is').waitFor();
        await page.getByLabel('What is the reason?').fill('a drill');
        await page.getByLabel('Note (optional)').fill('agreed with the team');
        await page.getByRole('button', { name: 'Dismiss 1', exact: true }).click();
        await page.getByText('1 alert dismissed').waitFor();
        await page.locator(row('mallory')).waitFor({ state: 'detached' });
        const [dismissed] = await alerts('status=dismissed&title=mallory');
        expect(dismissed).toMatchObject({ status: 'dismissed', dismiss_reason: 'OTHER', dismiss_text: 'a drill' });
        const { history } = await server.call<{ history: { action: string; detail: string }[] }>(
            'GET',
            `/api/v1/alerts/${dismissed!.id}/history`,
        );
        expect(history.map(({ action }) => action)).toEqual(['raised', 'noted', 'dismissed']);
        await page.getByRole('button', { name: 'Undo' }).click();
        await page.locator(row('mallory')).waitFor();
        expect((await alerts('title=mallory'))[0]?.status).toBe('active');
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('dismisses a whole view as the set that was counted, and tells what changed meanwhile', async () => {
        const tab = await openTab(server);
        const { page } = tab;
        await page.goto('/alerts?severity=3&title=SSM%20Start');
        await page.locator(row('user')).first().waitFor();
        // The header that sticks lies over the one in the table; keys reach it in any case.
        await page.getByRole('checkbox', { name: 'All alerts of this page' }).press('Space');
        await page.getByText('The 50 alerts of this page are chosen').waitFor();
        await page.getByRole('button', { name: 'Dismiss all…' }).click();
        await page.getByRole('dialog').getByText('Dismiss 61 alerts').waitFor();
        // While the dialog stands: one is dismissed elsewhere, one comes new.
        const [gone] = await alerts('title=user07');
        await server.call('POST', '/api/v1/alerts/dismiss', { ids: [gone!.id], reason: 'MAINTENANCE' });
        await server.send([session('latecomer', '198.51.100.77')]);
        await shot(page, 'alerts-dismiss-all');
        await page.getByRole('radio', { name: 'Normal per company policy' }).click();
        await page.getByRole('button', { name: 'Dismiss 61', exact: true }).click();
        await page.getByText('60 alerts dismissed, 1 changed meanwhile').waitFor();
        await page.locator(row('latecomer')).waitFor();
        expect((await alerts('title=SSM%20Start')).map(({ title }) => /by (\w+)/.exec(title)?.[1])).toEqual([
            'latecomer',
        ]);
        await page.getByRole('button', { name: 'Undo' }).click();
        await page.getByText('60 alerts are active again').waitFor();
        expect((await alerts('title=SSM%20Start&limit=100')).length).toBe(61);
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('assigns those that are chosen, and keeps a view by name', async () => {
        const tab = await openTab(server);
        const { page } = tab;
        await page.goto('/alerts?severity=3&title=user1');
        await page.locator(row('user1')).first().waitFor();
        for (const key of ['j', 'x', 'j', 'x', 'a']) await page.keyboard.press(key);
        await page.getByText(`2 alerts are assigned to ${server.user}`).waitFor();
        expect((await alerts(`assignee=${server.user}`)).length).toBe(2);
        await page.getByRole('button', { name: 'Saved views' }).click();
        await page.getByRole('menuitem', { name: 'Save this view…' }).click();
        await page.getByLabel('Name').fill('Sessions of user1');
        await page.getByRole('button', { name: 'Save', exact: true }).click();
        await page.getByRole('dialog').waitFor({ state: 'detached' });
        await page.goto('/alerts');
        await settled(page);
        await page.getByRole('button', { name: 'Saved views' }).click();
        await page.getByRole('menuitem', { name: 'Sessions of user1' }).click();
        await page.waitForURL('**/alerts?severity=3&title=user1');
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('assigns a whole view as the set that was counted, and narrows by the type of rules', async () => {
        const tab = await openTab(server);
        const { page } = tab;
        await page.goto('/alerts?severity=3&title=SSM%20Start&type=CloudTrail');
        await page.locator(row('user')).first().waitFor();
        await page.getByRole('checkbox', { name: 'All alerts of this page' }).press('Space');
        await page.getByText('The 50 alerts of this page are chosen').waitFor();
        const count = (await alerts('title=SSM%20Start&severity=3&limit=100')).length;
        await page.getByRole('button', { name: 'Assign all' }).click();
        await page.getByRole('menuitem', { name: 'To me' }).locator('visible=true').click();
        const dialog = page.getByRole('dialog');
        await dialog.getByText(`Assign ${count} alerts to ${server.user}`).waitFor();
        await expectAccessible(page);
        await shot(page, 'alerts-assign-all');
        // What comes while the dialog stands is none of the set.
        await server.send([session('straggler', '198.51.100.78')]);
        await dialog.getByRole('button', { name: `Assign ${count}`, exact: true }).click();
        await page.getByText(`${count} alerts are assigned to ${server.user}`).waitFor();
        expect((await alerts(`assignee=${server.user}&limit=100`)).length).toBe(count);
        expect((await alerts('title=straggler'))[0]?.assignee).toBe('');
        await page.goto('/alerts?type=File');
        await page.getByText('No alert matches').waitFor();
        await page.getByRole('button', { name: 'CloudTrail', exact: true }).click();
        await page.waitForURL((url) => url.searchParams.get('type') === 'CloudTrail');
        await page.locator(row('user')).first().waitFor();
        await page.getByRole('button', { name: /^All \(/ }).click();
        await page.waitForURL((url) => !url.searchParams.has('type'));
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('tells of an alert why it fired, and leads to its events, identity and short link', async () => {
        const [alert] = await alerts('title=user20');
        const tab = await openTab(server);
        const { page } = tab;
        await page.goto(`/a/${alert!.id}`);
        await page.waitForURL(`**/alerts/${alert!.id}`);
        await page.getByRole('heading', { level: 1, name: alert!.title }).waitFor();
        await page.getByText('eventName = "StartSession"').first().waitFor();
        await page.getByRole('link', { name: 'Investigate arn:aws:iam::111122223333:user/user20' }).waitFor();
        await page.getByText('Nobody was notified of it').waitFor();
        await settled(page);
        await expectAccessible(page);
        await shot(page, 'alert');
        await page.getByRole('tab', { name: 'Notes' }).click();
        await page.getByLabel('Add a note').fill('<b>seen</b> before');
        await page.getByRole('button', { name: 'Add note' }).click();
        await page.getByText('<b>seen</b> before').last().waitFor();
        await page.getByRole('tab', { name: 'Events' }).click();
        await page.getByText('ssm:StartSession').waitFor();
        expect(new URL(page.url()).searchParams.get('tab')).toBe('events');
        await page.getByRole('button', { name: 'Only this requestParameters.target' }).click();
        await page.waitForURL('**/events?**');
        expect(new URL(page.url()).searchParams.get('filter')).toBe('requestParameters.target = "i-0a1b2c3d4e5f60712"');
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('tests a suppression before it is made; then the rule keeps quiet where it holds', async () => {
        const [alert] = await alerts('title=user30');
        const tab = await openTab(server);
        const { page } = tab;
        await page.goto(`/alerts/${alert!.id}`);
        await page.getByRole('button', { name: 'Suppress' }).click();
        const all = (await alerts('status=all&title=SSM%20Start&limit=200')).length;
        await page.getByText(`It would have silenced 1 of ${all} alerts`).waitFor();
        await page.getByText('This alert would not have been raised.').waitFor();
        await expectAccessible(page);
        await shot(page, 'alert-suppress');
        await page.getByRole('button', { name: 'Add suppression' }).click();
        await page.getByText('Say why this is expected').waitFor();
        await page.getByRole('textbox', { name: 'Reason' }).fill('the operator of the bastion');
        await page.getByRole('button', { name: 'Add suppression' }).click();
        await page.getByText('is in force').waitFor();
        const { suppressions } = await server.call<{ suppressions: Record<string, unknown>[] }>(
            'GET',
            '/api/v1/suppressions',
        );
        expect(suppressions).toMatchObject([{ owner: server.user, reason: 'the operator of the bastion' }]);
        expect(suppressions[0]!.filter).toContain('user = "user30"');
        const before = (await alerts('status=all&limit=200')).length;
        await server.send([session('user30', '192.0.2.31'), session('user30', '203.0.113.200')]);
        const after = await alerts('status=all&limit=200');
        // From its own address it is expected, from another it is not.
        expect(after.length).toBe(before + 1);
        await page.getByRole('button', { name: 'Undo' }).click();
        await page.getByText('The suppression was taken back').waitFor();
        expect((await server.call<{ suppressions: unknown[] }>('GET', '/api/v1/suppressions')).suppressions).toEqual(
            [],
        );
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it.each(looks)('is accessible: $language, $theme, $width pixels', async (look) => {
        const [alert] = await alerts('title=user20');
        const tab = await openTab(server, look);
        const { page } = tab;
        const paths = {
            list: '/alerts',
            groups: '/alerts?view=groups',
            none: '/alerts?title=nothing',
            open: `/alerts?open=${alert!.id}`,
            why: `/alerts/${alert!.id}`,
            events: `/alerts/${alert!.id}?tab=events`,
            notes: `/alerts/${alert!.id}?tab=notes`,
            similar: `/alerts/${alert!.id}?tab=similar`,
            json: `/alerts/${alert!.id}?tab=json`,
        };
        for (const [name, path] of Object.entries(paths)) {
            await page.goto(path);
            await settled(page);
            await expectAccessible(page);
            await shot(page, `alerts-${name}-${look.theme}-${look.width}`);
            expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
            expect(await page.locator('h1').count(), path).toBe(1);
        }
        tab.expected.add('GET /api/v1/alerts/none');
        await page.goto('/alerts/none');
        await page.getByRole('link', { name: look.language === 'en' ? 'All alerts' : 'Todos os alertas' }).waitFor();
        await expectAccessible(page);
        expect(tab.faults).toEqual([]);
        await tab.close();
    });
});

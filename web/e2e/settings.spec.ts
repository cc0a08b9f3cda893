import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
    closeBrowser,
    cloudTrail,
    expectAccessible,
    looks,
    openTab,
    Server,
    sampleTrail,
    settled,
    shot,
} from './fixture';

const run = promisify(execFile);
const sections = ['organisation', 'people', 'keys', 'integrations', 'sources', 'retention', 'audit', 'profile'];

/** Where a channel sends to: it takes what comes to /ok, and refuses the rest. */
class Receiver {
    readonly taken: { path: string; body: string; signed: boolean }[] = [];
    private server: HttpServer = createServer((request, response) => {
        read(request).then((body) => {
            this.taken.push({ path: request.url!, body, signed: 'x-vigia-signature' in request.headers });
            response.writeHead(request.url === '/ok' ? 200 : 403).end();
        });
    });
    url = '';
    async start() {
        await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
        this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    }
    stop() {
        this.server.close();
    }
}
async function read(request: IncomingMessage): Promise<string> {
    let text = '';
    for await (const piece of request) text += piece;
    return text;
}

/** Raises alerts of severity 1 to 3: whoever is without rights asks for everything, root signs in, and so on. */
const root = () =>
    cloudTrail({
        eventSource: 'signin.amazonaws.com',
        eventName: 'ConsoleLogin',
        userIdentity: { type: 'Root', arn: 'arn:aws:iam::111122223333:root', accountId: '111122223333' },
        responseElements: { ConsoleLogin: 'Success' },
        additionalEventData: { MFAUsed: 'No' },
    });

describe('settings', () => {
    const server = new Server();
    const receiver = new Receiver();
    beforeAll(async () => {
        await server.start();
        await receiver.start();
        for (const piece of sampleTrail(3)) await server.send(piece);
    });
    afterAll(async () => {
        await closeBrowser();
        receiver.stop();
        await server.stop();
    });

    const choose = async (page: Page, email: string, action: string) => {
        await page.getByRole('row', { name: email }).getByRole('radio').check();
        await page.getByRole('button', { name: 'Actions' }).click();
        await page.getByRole('menuitem', { name: action }).click();
    };
    /** Somebody with a password of their own, by an invitation. */
    const invite = async (email: string, role: string, password = 'a password of theirs') => {
        const { token } = await server.call<{ token: string }>('POST', '/api/v1/invitations', { email, role });
        await server.call('POST', '/api/v1/invitations/accept', { token, password });
    };

    it.each(looks)('is accessible and without faults: $language, $theme, $width pixels', async (look) => {
        const tab = await openTab(server, look);
        for (const path of [
            ...sections.map((section) => `/settings/${section}`),
            '/settings/keys?new=hawk',
            '/settings/people?invite=1',
            '/settings/integrations?new=smtp',
            ...['accounts', 'hosts', 'containers', 'images'].map((kind) => `/inventory/${kind}`),
        ]) {
            await tab.page.goto(path);
            await settled(tab.page);
            await expectAccessible(tab.page);
            await shot(tab.page, `${path.slice(1).replaceAll(/\W+/g, '-')}-${look.theme}-${look.language}`);
            // Nothing reaches beyond the window.
            const wide = await tab.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
            expect(wide, path).toBeLessThanOrEqual(0);
        }
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('changes what people may do, takes it back, and keeps the last owner', async () => {
        await invite('ana@sample.example', 'user');
        const tab = await openTab(server);
        const { page } = tab;
        await page.goto('/settings/people');
        await choose(page, 'ana@sample.example', 'Make reader');
        await page.getByRole('dialog').getByRole('button', { name: 'Change the role' }).click();
        await page.getByText('ana@sample.example was changed').waitFor();
        const roleOf = async (email: string) => {
            const { users } = await server.call<{ users: { email: string; role: string; disabled: boolean }[] }>(
                'GET',
                '/api/v1/users',
            );
            return users.find((one) => one.email === email);
        };
        expect(await roleOf('ana@sample.example')).toMatchObject({ role: 'reader' });
        await page.getByRole('button', { name: 'Undo' }).click();
        await page.getByRole('row', { name: 'ana@sample.example' }).getByText('User', { exact: true }).waitFor();
        expect(await roleOf('ana@sample.example')).toMatchObject({ role: 'user' });

        await choose(page, 'ana@sample.example', 'Disable…');
        await expectAccessible(page);
        await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
        await page.getByRole('row', { name: 'ana@sample.example' }).getByText('Disabled').waitFor();
        expect(await roleOf('ana@sample.example')).toMatchObject({ disabled: true });

        // The only owner can be neither changed nor removed, and it says why.
        await page.getByRole('row', { name: server.user }).getByRole('radio').check();
        await page.getByRole('button', { name: 'Actions' }).click();
        for (const name of ['Make user', 'Disable…', 'Remove…'])
            expect(await page.getByRole('menuitem', { name }).getAttribute('aria-disabled')).toBe('true');
        await page.getByRole('menuitem', { name: 'Remove…' }).hover();
        await page.getByText('This is the last owner who can sign in.').locator('visible=true').first().waitFor();
        await shot(page, 'people-last-owner');
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('makes a key whose line works as it is shown, and revokes it', async () => {
        const tab = await openTab(server);
        const { page } = tab;
        await page.goto('/settings/sources');
        await page.getByRole('button', { name: 'Add a source' }).click();
        await page.waitForURL('**/settings/keys?new=source');
        await page.getByRole('dialog').getByLabel('Name').fill('forwarder');
        await page.keyboard.press('Enter');
        await page.getByText('Key “forwarder” was made').waitFor();
        await expectAccessible(page);
        await shot(page, 'key-made');
        const [token, line] = await page.getByRole('dialog').locator('pre').allTextContents();
        expect(token).toMatch(/^vigia_[0-9a-f]{64}$/);
        writeFileSync(join(server.folder, 'events.json'), JSON.stringify({ Records: [cloudTrail(), cloudTrail()] }));
        const { stdout } = await run('sh', ['-c', line!], { cwd: server.folder });
        expect(JSON.parse(stdout)).toMatchObject({ accepted: 2, refused: 0 });
        await page.getByRole('dialog').getByRole('button', { name: 'Copy: Token' }).click();
        expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(token);
        await page.getByRole('button', { name: 'Done, I have copied it' }).click();
        expect(await page.content()).not.toContain(token!);

        await page.getByRole('row', { name: 'forwarder' }).getByRole('button', { name: 'Revoke' }).click();
        await page.getByText('This cannot be undone.').waitFor();
        await expectAccessible(page);
        await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
        await page.getByText('The key “forwarder” was revoked').waitFor();
        const again = await run('sh', ['-c', line!], { cwd: server.folder });
        expect(JSON.parse(again.stdout)).toMatchObject({ status: 401 });
        await page.getByText('Show revoked keys').click();
        await page.getByRole('row', { name: 'forwarder' }).getByText('Revoked').waitFor();
        expect(new URL(page.url()).searchParams.get('revoked')).toBe('1');
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('sends alerts to a channel, says what became of a test, and sends dead letters again', async () => {
        const tab = await openTab(server);
        tab.expected.add('POST /api/v1/channels');
        const { page } = tab;
        await page.goto('/settings/integrations');
        await page.getByText('No channels yet').waitFor();
        await page.getByRole('button', { name: 'New channel' }).first().click();
        await page.getByRole('button', { name: 'Save' }).click();
        expect(await page.getByText('This is needed.').count()).toBe(2);
        await page.getByRole('textbox', { name: 'Name' }).fill('on call');
        await page.getByRole('textbox', { name: 'Address' }).fill('ftp://example.org');
        await page.getByRole('button', { name: 'Save' }).click();
        await page.getByText("the setting 'url' is not good").waitFor();
        // What was typed is kept.
        expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('on call');
        await page.getByRole('textbox', { name: 'Address' }).fill(`${receiver.url}/ok`);
        await page.getByRole('textbox', { name: 'Signing key' }).fill('a key of theirs');
        await page.getByRole('button', { name: 'Save' }).click();
        await page.getByText('Channel “on call” was saved').waitFor();
        await page.getByRole('button', { name: 'Send a test' }).click();
        await page.getByText('The test was sent').waitFor();
        expect(receiver.taken.at(-1)).toMatchObject({ path: '/ok', signed: true });
        expect(receiver.taken.at(-1)!.body).toContain('test');

        const { matched } = await server.send([root()]);
        expect(matched).toBeGreaterThan(0);
        await page.getByRole('row').getByText('Sent', { exact: true }).first().waitFor();
        await page.getByRole('link', { name: /root/i }).first().waitFor();
        await expectAccessible(page);
        await shot(page, 'channel');

        // A receiver that refuses: the test says so, and what was refused waits to be sent again.
        await page.getByRole('button', { name: 'Edit' }).click();
        await page.getByRole('textbox', { name: 'Address' }).fill(`${receiver.url}/no`);
        await page.getByRole('button', { name: 'Save' }).click();
        await page.getByText('give the secret again').waitFor();
        await page.getByRole('textbox', { name: 'Signing key' }).fill('a key of theirs');
        await page.getByRole('button', { name: 'Save' }).click();
        await page.getByRole('button', { name: 'Send a test' }).click();
        await page.getByText('The test could not be sent').waitFor();
        await page.getByText('the receiver answered 403').first().waitFor();
        await server.send([
            cloudTrail({
                eventSource: 'cloudtrail.amazonaws.com',
                eventName: 'StopLogging',
                requestParameters: { name: 'a' },
            }),
        ]);
        await page.getByRole('row').getByText('Dead letter', { exact: true }).first().waitFor();
        await page.getByRole('button', { name: /Send all dead letters again/ }).waitFor();
        await shot(page, 'channel-dead');
        await page.getByRole('button', { name: 'Edit' }).click();
        await page.getByRole('textbox', { name: 'Address' }).fill(`${receiver.url}/ok`);
        await page.getByRole('textbox', { name: 'Signing key' }).fill('a key of theirs');
        await page.getByRole('button', { name: 'Save' }).click();
        const before = receiver.taken.filter((one) => one.path === '/ok').length;
        await page.getByRole('button', { name: /Send all dead letters again/ }).click();
        await page.getByText(/dead letters? (is|are) sent again/).waitFor();
        await expect.poll(() => receiver.taken.filter((one) => one.path === '/ok').length).toBeGreaterThan(before);

        await page.getByRole('button', { name: 'Remove' }).click();
        await expectAccessible(page);
        await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
        await page.getByText('No channels yet').waitFor();
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('says of a filter what the server says, and knows the fields of alerts', async () => {
        const tab = await openTab(server);
        const { page } = tab;
        await page.goto('/settings/integrations?new=slack');
        const filter = page.getByRole('textbox', { name: 'Filter' });
        await filter.fill('alert.severity = 1 and');
        await page.getByText('Expected a field').first().waitFor();
        await filter.fill('alert.severity = 1 and eventNam = "x"');
        const unknown = page.getByText(/Unknown field/i);
        await unknown.first().waitFor();
        expect(await page.locator('.vg-faults').textContent()).not.toContain('alert.severity');
        await expectAccessible(page);
        await page.getByRole('button', { name: /eventName/ }).click();
        expect(await filter.textContent()).toBe('alert.severity = 1 and eventName = "x"');
        // Fields of alerts are completed like those of events.
        await filter.fill('');
        await filter.pressSequentially('alert.sev');
        await page.getByRole('option', { name: 'alert.severity' }).first().waitFor();
        await shot(page, 'channel-filter');
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('shows what was refused of a source, and why', async () => {
        const answer = await server.send('{"a":1}\n{"broken\n');
        expect(answer.accepted).toBe(0);
        const tab = await openTab(server);
        const { page } = tab;
        await page.goto('/settings/sources');
        await page.getByText('Receiving, some refused').waitFor();
        await page.getByRole('link', { name: 'trail' }).click();
        await page.getByText('neither a CloudTrail record').waitFor();
        await page.getByText('the record is no JSON').waitFor();
        await page.getByText('{"a":1}', { exact: true }).waitFor();
        // The view stands in the URL.
        await page.reload();
        await page.getByText('the record is no JSON').waitFor();
        await expectAccessible(page);
        await shot(page, 'source-refused');
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('asks before events are removed, and tells how many', async () => {
        const tab = await openTab(server);
        const { page } = tab;
        await page.goto('/settings/retention');
        const days = page.getByLabel('Days that events are kept');
        await days.fill('0');
        expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
        await days.fill('1');
        await page.getByRole('button', { name: 'Save' }).click();
        await page.getByText(/[\d,]+ events are removed\./).waitFor();
        await expectAccessible(page);
        await shot(page, 'retention-ask');
        await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
        expect(await days.inputValue()).toBe('1');
        await days.fill('3600');
        await page.getByRole('button', { name: 'Save' }).click();
        await page.getByRole('dialog').getByRole('button', { name: 'Remove older events' }).click();
        await page.getByText('Saved').waitFor();
        expect(await server.call('GET', '/api/v1/settings')).toMatchObject({ retention_days: 3600 });

        // What somebody else changed meanwhile is not overwritten.
        tab.expected.add('PUT /api/v1/settings');
        await page.waitForFunction(() => document.body.textContent?.includes('3,600 days'));
        await server.call('PUT', '/api/v1/settings', { retention_days: 3500 });
        await days.fill('3650');
        await page.getByRole('button', { name: 'Save' }).click();
        await page.getByText('Somebody else changed it meanwhile').waitFor();
        expect(await days.inputValue()).toBe('3650');
        expect(await server.call('GET', '/api/v1/settings')).toMatchObject({ retention_days: 3500 });
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('tells in the audit log who changed what, from what to what', async () => {
        const tab = await openTab(server);
        const { page } = tab;
        await page.goto('/settings/audit');
        await page.getByRole('button', { name: 'All actions' }).click();
        await page.getByRole('option', { name: 'Setting changed' }).click();
        await page.waitForURL((url) => url.searchParams.get('action') === 'setting changed');
        await page.getByRole('row', { name: '3650 3600' }).getByRole('button').click();
        const dialog = page.getByRole('dialog');
        await dialog.getByText('retention_days').first().waitFor();
        await dialog.getByText('3650').waitFor();
        await dialog.getByText('3600').waitFor();
        await dialog.getByText(server.user).waitFor();
        await expectAccessible(page);
        await shot(page, 'audit-entry');
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('pages through the whole audit log, and searches beyond what is here', async () => {
        const { name } = await server.call<{ name: string }>('GET', '/api/v1/organisation');
        for (let at = 0; at < 120; at++) {
            await server.call('PUT', '/api/v1/organisation', { name: `${name} ${at}` });
            await server.call('PUT', '/api/v1/organisation', { name });
        }
        const tab = await openTab(server);
        const { page } = tab;
        // The 200 entries that are asked for first do not reach so far.
        await page.goto('/settings/audit?page=5');
        await page
            .getByRole('row', { name: `${name} 0` })
            .first()
            .waitFor();
        await page.goto('/settings/audit?q=organisation+added');
        await page.getByText('Searched the latest 200 entries.').waitFor();
        await page.getByRole('button', { name: 'Search older ones' }).click();
        await page.getByRole('row', { name: 'Organisation added' }).first().waitFor();
        await expectAccessible(page);
        await page.goto(`/settings/audit?action=${encodeURIComponent('organisation added')}`);
        await page.getByRole('row', { name: 'Organisation added' }).first().waitFor();
        expect(await page.getByRole('row', { name: 'Organisation renamed' }).count()).toBe(0);
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('lets readers look, and says why they may not change', async () => {
        await invite('rita@sample.example', 'reader', 'the password of rita');
        const tab = await openTab(server, { signedIn: false });
        const { page } = tab;
        await tab.context.request.post('/api/v1/session', {
            data: { email: 'rita@sample.example', password: 'the password of rita' },
        });
        for (const section of ['people', 'keys', 'integrations', 'audit']) {
            await page.goto(`/settings/${section}`);
            await page.getByText('Your role is Reader; this needs the role Owner.').waitFor();
            await expectAccessible(page);
        }
        for (const section of ['organisation', 'retention']) {
            await page.goto(`/settings/${section}`);
            await page.getByText('You can look, but not change this').waitFor();
            expect(await page.getByRole('button', { name: 'Save' }).count()).toBe(0);
        }
        await page.goto('/settings/sources');
        await settled(page);
        expect(await page.getByRole('button', { name: 'Add a source' }).count()).toBe(0);
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('changes the own password and ends other sessions', async () => {
        await invite('pia@sample.example', 'user', 'the first password');
        const signIn = { data: { email: 'pia@sample.example', password: 'the first password' } };
        const other = await openTab(server, { signedIn: false });
        await other.context.request.post('/api/v1/session', signIn);
        const tab = await openTab(server, { signedIn: false });
        tab.expected.add('POST /api/v1/session/password');
        await tab.context.request.post('/api/v1/session', signIn);
        const { page } = tab;
        await page.goto('/settings/profile');
        await page.getByText('This one').waitFor();
        await page.getByRole('button', { name: /^End the session of/ }).click();
        await page.getByRole('dialog').getByRole('button', { name: 'End' }).click();
        await page.getByText('The session was ended').waitFor();
        expect((await other.context.request.get('/api/v1/session')).status()).toBe(401);
        await other.close();

        await page.getByLabel('Current password').fill('wrong');
        await page.getByLabel('New password', { exact: true }).fill('the second password');
        await page.getByLabel('New password, again').fill('the second password');
        await page.getByRole('button', { name: 'Change the password' }).click();
        await page.getByText('The current password is wrong.').waitFor();
        await page.getByLabel('Current password').fill('the first password');
        await page.getByRole('button', { name: 'Change the password' }).click();
        await page.getByText('The password was changed').waitFor();
        // The session goes on, and may change things.
        await page.getByRole('button', { name: 'Density' }).click();
        const saved = page.waitForResponse((answer) => answer.request().method() === 'PUT');
        await page.getByRole('option', { name: 'Compact' }).click();
        expect((await saved).status()).toBe(200);
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('leads from the findings of a scan to the containers that run them, and on to their host and its alerts', async () => {
        const tab = await openTab(server);
        const { page } = tab;
        const { images } = await server.call<{
            images: {
                image: string;
                running: number;
                containers: { id: string; name: string; host: string }[];
                scan: object | null;
            }[];
        }>('GET', '/api/v1/inventory/images');
        const worst = images.find((one) => one.scan && one.running > 0)!;
        await page.goto('/inventory/images?only=1');
        await settled(page);
        await page.goto(`/inventory/images/${encodeURIComponent(worst.image)}`);
        await page.getByText('Containers with this image').waitFor();
        await page.getByText('Critical', { exact: true }).waitFor();
        await page.locator('.vg-plot canvas').waitFor();
        await expectAccessible(page);
        await shot(page, 'image');
        await page
            .getByRole('row', { name: worst.containers[0]!.id.slice(0, 12) })
            .getByRole('link')
            .click();
        await page.waitForURL(`**/inventory/containers/${worst.containers[0]!.id}`);
        await page.getByText('Findings in the image').waitFor();
        await page.locator('.vg-plot canvas').waitFor();
        await expectAccessible(page);
        await page.getByRole('link', { name: worst.containers[0]!.host }).click();
        await page.waitForURL('**/inventory/hosts/*');
        await page.getByText('Latest alerts').waitFor();
        await settled(page);
        await page.locator('.vg-plot canvas').waitFor();
        await expectAccessible(page);
        await shot(page, 'host');
        // The link to its events holds a filter of which the server finds as many as the page says.
        const events = page.getByRole('button', { name: 'Events', exact: true });
        await events.click();
        await page.waitForURL('**/events?filter=*');
        const filter = new URL(page.url()).searchParams.get('filter')!;
        const { hosts } = await server.call<{ hosts: { name: string; events: number }[] }>(
            'GET',
            '/api/v1/inventory/hosts',
        );
        const { count } = await server.call<{ count: number }>(
            'GET',
            `/api/v1/events/count?filter=${encodeURIComponent(filter)}`,
        );
        expect(count).toBe(hosts.find((one) => one.name === worst.containers[0]!.host)!.events);
        expect(tab.faults).toEqual([]);
        await tab.close();
    });
});

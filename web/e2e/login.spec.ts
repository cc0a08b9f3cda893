import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeBrowser, expectAccessible, openTab, Server, settled, shot } from './fixture';

const vigia = resolve(import.meta.dirname, '../..', process.env.VIGIA ?? 'build/dev/bin/vigia');
const password = 'correct horse battery staple';

// How people come in: the first set-up, the sign-in with what may go wrong, an invitation, a change of organisation.
describe('coming in', () => {
    const server = new Server();
    let token = '';
    beforeAll(async () => {
        token = await server.start({ empty: true });
    });
    afterAll(async () => {
        await closeBrowser();
        await server.stop();
    });

    /** A tab of somebody who is not signed in; the console asks who they are, and is told nobody. */
    async function outside(look: Parameters<typeof openTab>[1] = {}) {
        const tab = await openTab(server, { ...look, signedIn: false });
        tab.expected.add('GET /api/v1/session');
        return tab;
    }
    const fill = async (page: Awaited<ReturnType<typeof outside>>['page'], email: string, word: string) => {
        await page.getByLabel('E-mail address').fill(email);
        await page.getByLabel('Password', { exact: true }).fill(word);
        await page.keyboard.press('Enter');
    };

    it('sets the server up by the link that it prints, once', async () => {
        const tab = await outside();
        const { page } = tab;
        await page.goto(`/setup#token=${token}`);
        await page.getByRole('heading', { name: 'Set up Vigia' }).waitFor();
        // The history of the browser must not keep the token.
        expect(page.url()).toBe(`${server.url}/setup`);
        await expectAccessible(page);
        await page.getByLabel('Name of the organisation').fill('Sample');
        await page.getByLabel('E-mail address').fill(server.user);
        await page.getByLabel('New password', { exact: true }).fill('short');
        await page.getByLabel('New password, again').fill('short');
        await page.getByRole('button', { name: 'Set up and sign in' }).click();
        await page.getByText('must have at least 12 characters').waitFor();
        await page.getByLabel('New password', { exact: true }).fill(password);
        await page.getByLabel('New password, again').fill(password);
        await shot(page, 'setup');
        await page.keyboard.press('Enter');
        await page.waitForURL('**/start');
        await settled(page);
        server.password = password;
        expect(tab.faults).toEqual([]);
        await tab.close();

        const late = await outside();
        late.expected.add('POST /api/v1/setup');
        await late.page.goto(`/setup?token=${token}`);
        await late.page.getByLabel('Name of the organisation').fill('Second');
        await late.page.getByLabel('E-mail address').fill('eve@sample.example');
        await late.page.getByLabel('New password', { exact: true }).fill(password);
        await late.page.getByLabel('New password, again').fill(password);
        await late.page.keyboard.press('Enter');
        await late.page.getByText('The set-up link is not valid any more').waitFor();
        expect(await late.page.getByLabel('Name of the organisation').inputValue()).toBe('Second');
        expect(late.faults).toEqual([]);
        await late.close();
    });

    it('goes on after sign-in to the page that was asked for, and to no other host', async () => {
        const tab = await outside();
        const { page } = tab;
        await page.goto('/settings/audit?q=organisation');
        await page.waitForURL('**/login?next=*');
        await page.getByText('Sign in to go on').waitFor();
        await expectAccessible(page);
        await fill(page, server.user, password);
        await page.waitForURL(`${server.url}/settings/audit?q=organisation`);
        await page.getByText('Organisation added').first().waitFor();
        expect(tab.faults).toEqual([]);
        await tab.close();
        for (const next of ['//evil.example/', '/%5Cevil.example', 'https://evil.example/', '/%09/evil.example']) {
            const other = await outside();
            await other.page.goto(`/login?next=${next.startsWith('/%') ? next : encodeURIComponent(next)}`);
            await fill(other.page, server.user, password);
            await other.page.waitForURL(`${server.url}/`);
            expect(other.faults).toEqual([]);
            await other.close();
        }
    });

    it('says what is wrong, and how long to wait after too many attempts', async () => {
        const tab = await outside();
        tab.expected.add('POST /api/v1/session');
        const { page } = tab;
        await page.goto('/login');
        await page.getByRole('button', { name: 'Sign in' }).click();
        await page.getByText('Enter your e-mail address.').waitFor();
        await page.getByText('Enter your password.').waitFor();
        await expectAccessible(page);
        await fill(page, 'nobody@sample.example', 'wrong');
        await page.getByText('You were not signed in').waitFor();
        await shot(page, 'login-wrong');
        const throttled = page.getByText('Too many attempts');
        for (let attempt = 0; attempt < 20 && !(await throttled.isVisible()); attempt++) {
            await page.getByLabel('Password', { exact: true }).press('Enter');
            await page.waitForTimeout(250);
        }
        await throttled.waitFor();
        await expectAccessible(page);
        await shot(page, 'login-throttled');
        // What was typed is still there, and the wait ends by itself.
        expect(await page.getByLabel('E-mail address').inputValue()).toBe('nobody@sample.example');
        await page.getByText('You can try again now.').waitFor();
        await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('keeps the language and the theme that were chosen before sign-in', async () => {
        const tab = await outside();
        const { page } = tab;
        await page.goto('/login');
        await page.getByRole('button', { name: 'Português' }).click();
        await page.getByRole('heading', { name: 'Entrar' }).waitFor();
        await page.getByRole('button', { name: 'Escuro' }).click();
        await page.waitForFunction(() => document.body.classList.contains('awsui-dark-mode'));
        await expectAccessible(page);
        await shot(page, 'login-dark-pt-BR');
        await page.getByLabel('E-mail').fill(server.user);
        await page.getByLabel('Senha').fill(password);
        await page.keyboard.press('Enter');
        await page.waitForURL(`${server.url}/`);
        await page.getByRole('link', { name: 'Configurações' }).waitFor();
        const kept = await (await tab.context.request.get('/api/v1/preferences')).json();
        expect(kept).toMatchObject({ language: 'pt-BR', theme: 'dark' });
        // As the other tests find them.
        const { csrf_token } = await (await tab.context.request.get('/api/v1/session')).json();
        await tab.context.request.put('/api/v1/preferences', {
            headers: { 'X-CSRF-Token': csrf_token },
            data: { language: 'en', theme: 'light' },
        });
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('lets in whoever is invited, with the role of the invitation', async () => {
        const tab = await openTab(server);
        const { page } = tab;
        await page.goto('/settings/people?invite=1');
        const dialog = page.getByRole('dialog');
        await dialog.getByLabel('E-mail address').fill('ana@sample.example');
        await dialog.getByRole('radio', { name: 'Reader' }).check();
        await expectAccessible(page);
        await dialog.getByRole('button', { name: 'Make the invitation' }).click();
        await page.getByText('This is shown once.').waitFor();
        await expectAccessible(page);
        await shot(page, 'invitation-made');
        const link = (await page.getByRole('dialog').locator('pre').textContent())!;
        expect(link.startsWith(`${server.url}/invitation#`)).toBe(true);
        await page.getByRole('button', { name: 'Done, I have copied it' }).click();
        await page.getByRole('rowheader', { name: 'ana@sample.example' }).waitFor();
        expect(tab.faults).toEqual([]);
        await tab.close();

        const other = await outside();
        await other.page.goto(link);
        await other.page.getByText('ana@sample.example').waitFor();
        await other.page.getByText('Sample', { exact: true }).waitFor();
        await expectAccessible(other.page);
        await other.page.getByLabel('New password', { exact: true }).fill(password);
        await other.page.getByLabel('New password, again').fill(`${password}!`);
        await other.page.keyboard.press('Enter');
        await other.page.getByText('The two passwords are not the same.').waitFor();
        await other.page.getByLabel('New password, again').fill(password);
        await other.page.keyboard.press('Enter');
        await other.page.waitForURL(`${server.url}/`);
        await other.page.goto('/settings/people');
        await other.page.getByText('Your role is Reader; this needs the role Owner.').waitFor();
        await expectAccessible(other.page);
        expect(other.faults).toEqual([]);
        await other.close();

        const again = await outside();
        again.expected.add('POST /api/v1/invitations/look');
        await again.page.goto(link);
        await again.page.getByText('The invitation is not valid').waitFor();
        await expectAccessible(again.page);
        expect(again.faults).toEqual([]);
        await again.close();
    });

    it('asks which organisation, and changes to another one', async () => {
        const data = ['--data', join(server.folder, 'data')];
        const run = (words: string[], input?: string) => execFileSync(vigia, words, { encoding: 'utf8', input });
        run(['organisation', 'add', ...data, 'Other']);
        const scope = ['--organisation', 'Other', '--password-from-input', server.user, 'owner'];
        run(['user', 'add', ...data, ...scope], `${password}\n`);
        const tab = await outside();
        tab.expected.add('POST /api/v1/session');
        const { page } = tab;
        await page.goto('/login?next=/settings/organisation');
        await fill(page, server.user, password);
        await page.getByText('You belong to several.').waitFor();
        await expectAccessible(page);
        await shot(page, 'login-organisations');
        await page.getByRole('radio', { name: 'Other' }).check();
        await page.getByRole('button', { name: 'Sign in' }).click();
        await page.waitForURL('**/settings/organisation');
        const name = page.getByRole('textbox', { name: 'Name' });
        await name.waitFor();
        expect(await name.inputValue()).toBe('Other');

        await page.getByRole('button', { name: server.user }).click();
        await page.getByText('Other · Owner').locator('visible=true').waitFor();
        await page.getByRole('menuitem', { name: 'Sample' }).locator('visible=true').click();
        await page.waitForURL(`${server.url}/`);
        await page.goto('/settings/organisation');
        await name.waitFor();
        expect(await name.inputValue()).toBe('Sample');
        // The new session may change things: its token of requests is the one that the console has.
        await name.fill('Sample & Filhos');
        await page.getByRole('button', { name: 'Save' }).click();
        await page.getByText('Saved').waitFor();
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('says where to go when there is no such page', async () => {
        const tab = await outside();
        tab.expected.add('POST /api/v1/session');
        const { page } = tab;
        await page.goto('/no/such/page');
        await fill(page, server.user, password);
        await page.getByRole('radio', { name: 'Other' }).check();
        await page.getByRole('button', { name: 'Sign in' }).click();
        await page.getByRole('heading', { name: 'Page not found' }).waitFor();
        await page.getByText('/no/such/page').waitFor();
        await expectAccessible(page);
        await page.getByRole('main').getByRole('link', { name: 'Settings' }).last().click();
        await page.waitForURL('**/settings/organisation');
        expect(tab.faults).toEqual([]);
        await tab.close();
    });
});

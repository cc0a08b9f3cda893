import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { launchOptions } from '../scripts/chromium.mjs';

const root = resolve(import.meta.dirname, '../..');
const vigia = resolve(root, process.env.VIGIA ?? 'build/dev/bin/vigia');
const shots = resolve(import.meta.dirname, '../build/shots');

/** A `vigia serve` over a folder of its own, with the console that was built, and an organisation with an owner. */
export class Server {
    readonly folder = mkdtempSync(join(tmpdir(), 'vigia-e2e-'));
    readonly user = 'owner@sample.example';
    password = '';
    sourceKey = '';
    apiKey = '';
    url = '';
    private process: ChildProcess | null = null;

    /** More words of its command line, and variables of its environment. */
    constructor(
        private readonly words: readonly string[] = [],
        private readonly environment: Readonly<Record<string, string>> = {},
    ) {}

    private command(...words: string[]): string {
        return execFileSync(vigia, words, { encoding: 'utf8' });
    }

    /** With `empty`, nothing is made but the folder: the server prints a set-up token, which is returned. */
    async start(how: { empty?: boolean } = {}): Promise<string> {
        const data = ['--data', join(this.folder, 'data')];
        if (!how.empty) {
            this.command('organisation', 'add', ...data, '--retention-days', '3650', 'Sample');
            const scope = [...data, '--organisation', 'Sample'];
            this.password = /password (\S+)/.exec(this.command('user', 'add', ...scope, this.user, 'owner'))![1]!;
            const key = (...words: string[]) =>
                /vigia_[0-9a-f]+/.exec(this.command('key', 'add', ...scope, ...words))![0];
            this.sourceKey = key('--kind', 'source', 'trail');
            this.apiKey = key('--kind', 'api', '--role', 'owner', 'tests');
        }
        return this.run(how.empty ?? false);
    }

    private run(wantsToken: boolean): Promise<string> {
        const web = process.env.VIGIA_WEB_DIR ? ['--web-dir', process.env.VIGIA_WEB_DIR] : [];
        const own = ['--data', join(this.folder, 'data'), '--listen', '127.0.0.1:0'];
        this.process = spawn(vigia, ['serve', ...own, ...web, ...this.words], {
            stdio: ['ignore', 'pipe', 'inherit'],
            env: { ...process.env, ...this.environment },
        });
        return new Promise((done, fail) => {
            this.process!.on('error', fail);
            this.process!.on('exit', (code) => fail(new Error(`vigia serve ended with ${code}`)));
            createInterface({ input: this.process!.stdout! }).on('line', (line) => {
                const at = /serves at (https?:\/\/\S+)/.exec(line);
                if (at) this.url = at[1]!;
                const token = /"token":"([^"]+)"/.exec(line);
                if (this.url && (token || !wantsToken)) done(token?.[1] ?? '');
            });
        });
    }

    /** Ends the process and starts it again over the same folder, at another port. */
    async restart(): Promise<void> {
        await this.end();
        await this.run(false);
    }

    private async end(): Promise<void> {
        const process = this.process;
        if (!process || process.exitCode !== null) return;
        process.removeAllListeners('exit');
        const ended = new Promise((done) => process.once('exit', done));
        process.kill('SIGTERM');
        await ended;
    }

    async stop(): Promise<void> {
        await this.end();
        rmSync(this.folder, { recursive: true, force: true });
    }

    /** A call of the API with the owner's key; what fails, fails the test. */
    async call<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
        const answer = await fetch(this.url + path, {
            method,
            headers: { Authorization: `Bearer ${this.apiKey}`, 'Content-Type': 'application/json' },
            body: body === undefined ? undefined : JSON.stringify(body),
        });
        const text = await answer.text();
        if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
        return (text ? JSON.parse(text) : undefined) as T;
    }

    /** Sends events, as a source does; they are durable, searchable and detected when it returns. */
    async send(events: unknown[] | string): Promise<{ accepted: number; matched: number }> {
        const answer = await fetch(`${this.url}/api/v1/events`, {
            method: 'POST',
            headers: { Authorization: `Bearer ${this.sourceKey}` },
            body: typeof events === 'string' ? events : events.map((event) => JSON.stringify(event)).join('\n'),
        });
        if (!answer.ok) throw new Error(`events: ${answer.status} ${await answer.text()}`);
        return (await answer.json()) as { accepted: number; matched: number };
    }
}

/** The sample trail of the last days, as NDJSON in pieces that the server takes. */
export function sampleTrail(days: number, seed = 7): string[] {
    const text = execFileSync(
        'python3',
        [join(root, 'tools/sample_trail.py'), '--ndjson', '--days', String(days), '--seed', String(seed)],
        { encoding: 'utf8', maxBuffer: 1 << 28 },
    );
    const lines = text.split('\n').filter(Boolean);
    const pieces: string[] = [];
    for (let at = 0; at < lines.length; at += 2000) pieces.push(lines.slice(at, at + 2000).join('\n'));
    return pieces;
}

let number = 0;

/** A CloudTrail event of now, with what the test wants of its own. */
export function cloudTrail(more: Record<string, unknown> = {}, at = new Date()): Record<string, unknown> {
    number++;
    return {
        eventVersion: '1.08',
        eventID: `00000000-0000-4000-8000-${(Date.now() * 1000 + number).toString(16).padStart(12, '0').slice(-12)}`,
        eventTime: at.toISOString().replace(/\.\d+Z$/, 'Z'),
        eventSource: 'ecr.amazonaws.com',
        eventName: 'DescribeRepositories',
        awsRegion: 'eu-west-1',
        sourceIPAddress: '192.0.2.17',
        userAgent: 'aws-cli/2.15.0',
        userIdentity: {
            type: 'IAMUser',
            principalId: 'AIDAEXAMPLEALICE',
            arn: 'arn:aws:iam::111122223333:user/alice',
            accountId: '111122223333',
            accessKeyId: 'AKIAEXAMPLEALICE0001',
            userName: 'alice',
        },
        requestParameters: null,
        responseElements: null,
        eventType: 'AwsApiCall',
        readOnly: false,
        recipientAccountId: '111122223333',
        ...more,
    };
}

let browser: Browser | null = null;
export async function openBrowser(): Promise<Browser> {
    browser ??= await chromium.launch(launchOptions);
    return browser;
}
export async function closeBrowser(): Promise<void> {
    contexts.clear();
    await browser?.close();
    browser = null;
}

/** How long a test waits for what a page is to show. */
const patience = 60_000;

/** Each language, each theme and each width that pages are looked at in. */
export const looks = [
    { language: 'en', theme: 'light', width: 1440 },
    { language: 'pt-BR', theme: 'dark', width: 1024 },
] as const satisfies readonly Look[];

export interface Look {
    width?: number;
    height?: number;
    theme?: 'light' | 'dark';
    language?: 'en' | 'pt-BR';
    signedIn?: boolean;
    /** With nothing that another tab has read. */
    fresh?: boolean;
}

/** A tab of a person, and what went wrong in it. */
export interface Tab {
    page: Page;
    context: BrowserContext;
    /** Errors of the console, reports of the content security policy, failed calls. A test ends with `expect(tab.faults).toEqual([])`. */
    faults: string[];
    /** Calls that are meant to fail: 'POST /api/v1/session'. */
    expected: Set<string>;
    close(): Promise<void>;
}

/** Typing over selected text that is styled makes Chromium itself report one style attribute. */
const ofChromium = /style-src-attr/;

const contexts = new Map<string, BrowserContext>();

async function newContext(server: Server, look: Look): Promise<BrowserContext> {
    const context = await (await openBrowser()).newContext({
        baseURL: server.url,
        timezoneId: 'America/Sao_Paulo',
        locale: look.language ?? 'en',
        acceptDownloads: true,
        permissions: ['clipboard-read', 'clipboard-write'],
    });
    context.setDefaultTimeout(patience);
    await context.addInitScript(() =>
        document.addEventListener('securitypolicyviolation', (event) =>
            console.error(
                `content security policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile ?? ''}`,
            ),
        ),
    );
    return context;
}

/** What a person's tabs share: the session, and what the browser has read of the console and compiled. */
async function contextOf(server: Server, look: Look): Promise<BrowserContext> {
    const key = `${server.url} ${look.language ?? 'en'}`;
    const context = contexts.get(key) ?? (await newContext(server, look));
    contexts.set(key, context);
    return context;
}

async function signIn(context: BrowserContext, server: Server, preferences: object): Promise<void> {
    let session = await context.request.get('/api/v1/session');
    if (!session.ok())
        session = await context.request.post('/api/v1/session', {
            data: { email: server.user, password: server.password },
        });
    expect(session.status(), await session.text()).toBe(200);
    const { csrf_token } = (await session.json()) as { csrf_token: string };
    await context.request.put('/api/v1/preferences', { headers: { 'X-CSRF-Token': csrf_token }, data: preferences });
}

/**
 * With VIGIA_SLOW_API=ms, each call of a page waits for up to that long before it goes out, so that answers come in another order
 * than on an idle machine: a story that fails then waits for too little. Which ones wait is told by VIGIA_SEED.
 */
const slowest = Number(process.env.VIGIA_SLOW_API ?? 0);
const seed = Number(process.env.VIGIA_SEED ?? Date.now() % 1_000_000);
if (slowest > 0) console.log(`calls of pages wait for up to ${slowest} ms, VIGIA_SEED=${seed}`);
let drawn = seed;
function waitOfCall(): number {
    // The generator of Numerical Recipes; a third of the calls go out at once.
    drawn = (Math.imul(drawn, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.max(0, (drawn / 2 ** 32) * 1.5 - 0.5) * slowest;
}

async function slowDown(page: Page): Promise<void> {
    if (slowest === 0) return;
    await page.route(
        (url) => url.pathname.startsWith('/api/'),
        async (route) => {
            await new Promise((done) => setTimeout(done, waitOfCall()));
            // A page that has gone away asks for nothing any more.
            await route.continue().catch(() => undefined);
        },
    );
}

export async function openTab(server: Server, look: Look = {}): Promise<Tab> {
    const signedIn = look.signedIn ?? true;
    const shared = signedIn && !look.fresh;
    const context = shared ? await contextOf(server, look) : await newContext(server, look);
    const kept = { theme: look.theme ?? 'light', language: look.language ?? 'en' };
    if (signedIn) await signIn(context, server, kept);
    const page = await context.newPage();
    await slowDown(page);
    await page.setViewportSize({ width: look.width ?? 1440, height: look.height ?? 900 });
    // Each tab begins with what was asked for, and nothing that another left.
    await page.addInitScript((text) => {
        if (sessionStorage.getItem('begun')) return;
        sessionStorage.setItem('begun', '1');
        localStorage.clear();
        localStorage.setItem('vigia.preferences', text);
    }, JSON.stringify(kept));
    const faults: string[] = [];
    const expected = new Set<string>();
    page.on('pageerror', (error) => faults.push(`page error: ${error.message}`));
    page.on('console', (message) => {
        const text = message.text();
        if (message.type() !== 'error' || ofChromium.test(text)) return;
        // A failed call is told by the answer below, with its path.
        if (text.startsWith('Failed to load resource')) return;
        faults.push(`console: ${text}`);
    });
    page.on('response', (response) => {
        const call = `${response.request().method()} ${new URL(response.url()).pathname}`;
        if (response.status() >= 400 && !expected.has(call)) faults.push(`${response.status()} ${call}`);
    });
    page.on('request', (request) => {
        const url = new URL(request.url());
        if (url.protocol.startsWith('http') && url.origin !== new URL(server.url).origin)
            faults.push(`a request to another host: ${url.origin}`);
    });
    return { page, context, faults, expected, close: () => (shared ? page.close() : context.close()) };
}

/** Waits until a page shows what it has: its heading, and no skeleton. */
export async function settled(page: Page): Promise<void> {
    await page.waitForSelector('h1');
    await page.waitForFunction(() => !document.querySelector('[class*="awsui_skeleton"], .vg-grid-wait'));
}

/** Waits until nothing fades or moves any more; what turns without an end, as a spinner, is left alone. */
async function still(page: Page): Promise<void> {
    await page.waitForFunction(() =>
        document
            .getAnimations()
            .every((one) => one.playState !== 'running' || one.effect?.getComputedTiming().endTime === Infinity),
    );
}

/**
 * Nothing that axe finds, of any impact. The page has no frames of other hosts, for which axe would open a page of its own to
 * put its parts together; nor is it told of what passes. That takes a third to a fifth of the time, and finds the same.
 */
export async function expectAccessible(page: Page): Promise<void> {
    await still(page);
    const { violations } = await new AxeBuilder({ page })
        .setLegacyMode()
        .options({ resultTypes: ['violations'], preload: false })
        .analyze();
    expect(
        violations.map(
            (one) =>
                `${one.id}: ${one.nodes.map((node) => `${node.target.join(' ')} ${node.html.slice(0, 120)} ${node.failureSummary}`).join(' | ')}`,
        ),
    ).toEqual([]);
}

/** Keeps a picture in build/shots, to be looked at. */
export async function shot(page: Page, name: string): Promise<void> {
    mkdirSync(shots, { recursive: true });
    await page.screenshot({ path: join(shots, `${name}.png`) });
}

/** The largest picture of the guide, bytes. */
const pictureMax = 100_000;

/** A picture as WebP, which Chromium itself makes of it: without loss where that is small enough. */
async function asWebp(png: Buffer): Promise<Buffer> {
    const context = await (await openBrowser()).newContext();
    const page = await context.newPage();
    const encode = (quality: number) =>
        page.evaluate(
            async ([source, wanted]) => {
                const image = new Image();
                image.src = `data:image/png;base64,${source}`;
                await image.decode();
                const canvas = document.createElement('canvas');
                [canvas.width, canvas.height] = [image.width, image.height];
                canvas.getContext('2d')!.drawImage(image, 0, 0);
                return canvas.toDataURL('image/webp', wanted).split(',')[1]!;
            },
            [png.toString('base64'), quality] as const,
        );
    try {
        for (const quality of [1, 0.9, 0.8, 0.7, 0.6]) {
            const made = Buffer.from(await encode(quality), 'base64');
            if (made.length <= pictureMax) return made;
        }
    } finally {
        await context.close();
    }
    throw new Error(`a picture of the guide is larger than ${pictureMax} bytes`);
}

/** Keeps a picture in build/shots; with VIGIA_SHOTS it becomes the guide's, in the folder that it names, below its language. */
export async function guidePicture(page: Page, language: string, name: string): Promise<void> {
    await page.mouse.move(0, 0);
    const png = await page.screenshot({ animations: 'disabled' });
    const folder = process.env.VIGIA_SHOTS
        ? join(process.env.VIGIA_SHOTS, language, 'pictures')
        : join(shots, 'guide', language);
    mkdirSync(folder, { recursive: true });
    const [kind, picture] = process.env.VIGIA_SHOTS ? ['webp', await asWebp(png)] : ['png', png];
    writeFileSync(join(folder, `${name}.${kind}`), picture);
}

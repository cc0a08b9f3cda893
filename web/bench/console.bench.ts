import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeBrowser, cloudTrail, openTab, Server, settled, type Tab } from '../e2e/fixture';

// Prints a table of what a person feels: the first load, the way from alert to alert, scrolling, and memory over a long tail.
const eventsStored = 100_000;
const alertsStored = 60;
const tail = {
    perSecond: Number(process.env.BENCH_TAIL_RATE ?? 200),
    seconds: Number(process.env.BENCH_TAIL_S ?? 180),
};
const loads = 7;
const steps = 25;
const scrollSeconds = 10;

const rows: string[] = [];
const report = (what: string, goal: string, measured: string) => rows.push(`| ${what} | ${goal} | ${measured} |`);
const middle = (all: readonly number[]) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)]!;
const worst = (all: readonly number[]) => Math.max(...all);

const names = ['PutImage', 'BatchGetImage', 'DescribeImages', 'GetAuthorizationToken', 'ListImages'];
function some(count: number, seconds: number): string {
    const lines: string[] = [];
    for (let at = 0; at < count; ++at)
        lines.push(
            JSON.stringify(
                cloudTrail(
                    { eventName: names[at % names.length], sourceIPAddress: `198.51.100.${at % 200}` },
                    new Date(Date.now() - (seconds * 1000 * at) / count),
                ),
            ),
        );
    return lines.join('\n');
}
const session = (at: number) =>
    cloudTrail({
        eventSource: 'ssm.amazonaws.com',
        eventName: 'StartSession',
        sourceIPAddress: `192.0.2.${at + 1}`,
        requestParameters: { target: 'i-0a1b2c3d4e5f60712' },
    });

/** Milliseconds of the first paint with content, and of the end of the last long task before five seconds of quiet. */
async function load(tab: Tab, path: string): Promise<{ painted: number; interactive: number }> {
    await tab.page.goto(path);
    await settled(tab.page);
    return tab.page.evaluate(
        () =>
            new Promise<{ painted: number; interactive: number }>((done) => {
                const quiet = 5000;
                const painted = performance.getEntriesByName('first-contentful-paint')[0]!.startTime;
                let last = painted;
                new PerformanceObserver((list) => {
                    for (const one of list.getEntries()) last = Math.max(last, one.startTime + one.duration);
                }).observe({ type: 'longtask', buffered: true });
                const look = setInterval(() => {
                    if (performance.now() - last < quiet) return;
                    clearInterval(look);
                    done({ painted, interactive: last });
                }, 100);
            }),
    );
}

/** Frames a second while the grid goes down by a quarter of a window a frame. */
function scroll(page: Page, seconds: number): Promise<{ fps: number; longest: number; reached: number }> {
    return page.evaluate(
        (length) =>
            new Promise<{ fps: number; longest: number; reached: number }>((done) => {
                const grid = document.querySelector('.vg-grid')!;
                const begin = performance.now();
                let [frames, longest, before] = [0, 0, begin];
                const frame = (now: number) => {
                    longest = Math.max(longest, now - before);
                    before = now;
                    frames++;
                    grid.scrollTop += 160;
                    if (now - begin < length * 1000) return requestAnimationFrame(frame);
                    done({ fps: (1000 * frames) / (now - begin), longest, reached: Math.round(grid.scrollTop / 32) });
                };
                requestAnimationFrame(frame);
            }),
        seconds,
    );
}

async function heap(tab: Tab): Promise<number> {
    const chromium = await tab.context.newCDPSession(tab.page);
    await chromium.send('HeapProfiler.collectGarbage');
    const { usedSize } = await chromium.send('Runtime.getHeapUsage');
    await chromium.detach();
    return usedSize / (1 << 20);
}

describe('the console, measured', () => {
    const server = new Server();
    beforeAll(async () => {
        await server.start();
        await server.send(Array.from({ length: alertsStored }, (_, at) => session(at)));
        for (let sent = 0; sent < eventsStored; sent += 5000) await server.send(some(5000, 20 * 3600));
    });
    afterAll(async () => {
        await closeBrowser();
        await server.stop();
        console.log(['| what | goal | measured |', '| --- | ---: | ---: |', ...rows].join('\n'));
    });

    it.each(['/', '/alerts', '/events', '/rules'])('loads %s', async (path) => {
        const found: { painted: number; interactive: number }[] = [];
        for (let at = 0; at < loads; ++at) {
            const tab = await openTab(server, { fresh: true });
            found.push(await load(tab, path));
            await tab.close();
        }
        const painted = found.map((one) => one.painted);
        const interactive = found.map((one) => one.interactive);
        const told = (all: number[]) => `${Math.round(middle(all))} (worst ${Math.round(worst(all))})`;
        report(`\`${path}\`: first paint with content, ms`, '800', told(painted));
        report(`\`${path}\`: interactive, ms`, '2,000', told(interactive));
        expect(found).toHaveLength(loads);
    });

    it('goes from alert to alert', async () => {
        const tab = await openTab(server);
        await tab.page.goto('/alerts?severity=3');
        await tab.page.locator('[data-alert]').first().waitFor();
        for (const key of ['j', 'Enter']) await tab.page.keyboard.press(key);
        await tab.page.locator('[data-alert-panel]').getByText('Why it fired').waitFor();
        await settled(tab.page);
        const times: number[] = [];
        for (let at = 0; at < steps; ++at)
            times.push(
                await tab.page.evaluate(
                    () =>
                        new Promise<number>((done) => {
                            const mark = () => document.querySelector<HTMLElement>('.vg-alert-at')?.dataset.alert;
                            const from = mark();
                            const begin = performance.now();
                            document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true }));
                            const look = () => {
                                const shown = document.querySelector('[data-alert-panel] a')?.getAttribute('href');
                                const there = mark() !== from && shown === `/alerts/${mark()}`;
                                requestAnimationFrame(there ? () => done(performance.now() - begin) : look);
                            };
                            look();
                        }),
                ),
            );
        report(
            'key to the next alert drawn, ms',
            '100',
            `${Math.round(middle(times))} (worst ${Math.round(worst(times))})`,
        );
        expect(times).toHaveLength(steps);
        await tab.close();
    });

    it('scrolls over 100,000 events', async () => {
        const tab = await openTab(server);
        await tab.page.goto('/events');
        await tab.page.locator('.vg-grid-row').first().waitFor();
        await settled(tab.page);
        const rounds: Awaited<ReturnType<typeof scroll>>[] = [];
        for (let round = 0; round < 3; ++round) rounds.push(await scroll(tab.page, scrollSeconds));
        const fps = rounds.map((one) => one.fps);
        const longest = Math.round(worst(rounds.map((one) => one.longest)));
        report(
            `frames a second over ${scrollSeconds} s, five rows a frame, ${eventsStored.toLocaleString('en')} events`,
            '50',
            `${middle(fps).toFixed(1)} (worst ${Math.min(...fps).toFixed(1)}, longest frame ${longest} ms)`,
        );
        expect(rounds.at(-1)!.reached).toBeGreaterThan(1000);
        await tab.page.evaluate(() => {
            const grid = document.querySelector('.vg-grid')!;
            grid.scrollTop = grid.scrollHeight;
        });
        await tab.page.locator(`.vg-grid-row[data-index="${eventsStored + alertsStored - 1}"]`).waitFor();
        await settled(tab.page);
        report('heap at the last of them, MiB', '150', (await heap(tab)).toFixed(1));
        await tab.close();
    });

    it('follows events for long', async () => {
        const tab = await openTab(server);
        await tab.page.goto('/events?live=1');
        await tab.page.getByText('New events appear as they are stored').waitFor();
        const before = await heap(tab);
        const begin = Date.now();
        let sent = 0;
        while (Date.now() - begin < tail.seconds * 1000) {
            const due = Math.floor(((Date.now() - begin) / 1000) * tail.perSecond) - sent;
            if (due > 0) await server.send(some(due, 1));
            sent += Math.max(0, due);
            await new Promise((done) => setTimeout(done, 250));
        }
        await tab.page.locator('.vg-grid-row').first().waitFor();
        report(
            `heap after a live tail of ${sent.toLocaleString('en')} events in ${tail.seconds} s, MiB`,
            '150',
            `${(await heap(tab)).toFixed(1)} (before ${before.toFixed(1)})`,
        );
        expect(sent).toBeGreaterThan(0);
        await tab.close();
    });
});

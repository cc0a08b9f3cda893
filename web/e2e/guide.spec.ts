import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeBrowser, guidePicture, openTab, Server, sampleTrail, settled } from './fixture';
import { type Language, languages, texts } from './texts';

// The pictures of the guide that the long story does not take. Asked for by VIGIA_SHOTS=../docs/guide, from time to time.
describe.skipIf(!process.env.VIGIA_SHOTS).each(languages)('pictures of the guide: %s', (language: Language) => {
    const server = new Server();
    beforeAll(async () => {
        await server.start();
        for (const piece of sampleTrail(60)) await server.send(piece);
    });
    afterAll(async () => {
        await closeBrowser();
        await server.stop();
    });

    it('takes them', async () => {
        const tab = await openTab(server, { language, width: 1280, height: 800 });
        const { page } = tab;
        const picture = async (name: string, path: string, shown: string) => {
            await page.goto(path);
            await settled(page);
            await page.locator(shown).locator('visible=true').first().waitFor();
            await page.waitForFunction(
                () => !document.querySelector('table [class*="awsui_status-loading"], [role="progressbar"]'),
            );
            await guidePicture(page, language, name);
        };
        await picture('overview', '/', 'table');
        await picture('start', '/start?source=http', '.vg-code');
        await picture('alerts-by-rule', '/alerts?view=groups', 'table tbody tr');

        await page.goto('/events');
        await settled(page);
        await page.locator('.vg-events-filter .cm-content').click();
        await page.keyboard.type('eventName = ');
        await page.locator('.cm-tooltip-autocomplete li').filter({ hasText: '"' }).first().waitFor();
        await guidePicture(page, language, 'filter');

        const { rules } = await server.call<{ rules: { id: string; name: string }[] }>(
            'GET',
            '/api/v1/rules?limit=1000',
        );
        const rule = rules.find(({ name }) => name === 'CloudTrail: ECR Put Image')!;
        await picture('rules', '/rules?q=CloudTrail%3A%20ECR', 'tbody tr');
        await picture('rule', `/rules/${rule.id}`, '.u-over');
        await picture('rule-tests', `/rules/${rule.id}?tab=tests`, `text="${texts(language)('rules.tests.passed')}"`);
        const user = 'arn:aws:iam::111122223333:user/ci-upload';
        await picture('graph', `/investigate?field=identity&value=${user}&tab=graph`, '.vg-graph-node');
        await picture('trends', '/trends', '.vg-riser-head');
        await picture('inventory', '/inventory/hosts', 'table tbody tr');
        expect(tab.faults).toEqual([]);
        await tab.close();
    });
});

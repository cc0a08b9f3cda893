import { describe, expect, it } from 'vitest';
import type { Rule } from './data';
import { reachOf } from './deployment';
import { type Activity, activityOf, chosenAfter, ruleRow, rulesetRows, selectedRows } from './rows';
import { departures } from './upstream';
import { exportedAtOnce, exportPaths, isExported, isYaml, linesOf, nameOf } from './yaml';

const rule = (id: string, more: Partial<Rule> = {}) => ({ id, ruleset: '', rulesets: [] as string[], ...more }) as Rule;
const rules = [rule('1', { ruleset: 'ecr' }), rule('2'), rule('3', { ruleset: 'ecr', rulesets: ['ours', 'ecr'] })];

describe('rows by ruleset', () => {
    it('have each rule in all of its rulesets, and those without one last', () => {
        expect(rulesetRows(rules).map((row) => [row.ruleset, row.rules.map(({ id }) => id)])).toEqual([
            ['ecr', ['1', '3']],
            ['ours', ['3']],
            ['', ['2']],
        ]);
    });
    it('choose all rules of a ruleset, and take it back', () => {
        const [ecr, ours] = rulesetRows(rules);
        const chosen = chosenAfter(new Set(['2']), [], [ecr!]);
        expect([...chosen].sort()).toEqual(['1', '2', '3']);
        expect(selectedRows([ecr!, ours!, ruleRow(rules[1]!)], chosen).map(({ key }) => key)).toEqual([
            'ecr',
            'ours',
            '/2',
        ]);
        expect([...chosenAfter(chosen, [ecr!], [])]).toEqual(['2']);
        const one = ruleRow(rules[0]!, 'ecr');
        expect([...chosenAfter(chosen, [ecr!, one], [ecr!])].sort()).toEqual(['2', '3']);
    });
    it('add up what their rules did', () => {
        const of = (id: string, alerted: number[], last_alert_at: string | null): [string, Activity] => [
            id,
            {
                rule_id: id,
                matched: 0,
                suppressed: 0,
                alerted: 0,
                last_alert_at,
                days: { matched: alerted.map((n) => n * 2), suppressed: alerted.map(() => 0), alerted },
            },
        ];
        const by = new Map([
            of('1', [5, 1, 0, 0, 0, 0, 0, 2], '2026-11-25T10:00:00Z'),
            of('3', [1, 0, 0, 0, 0, 0, 0, 1], '2026-11-26T10:00:00Z'),
        ]);
        expect(activityOf(rules, by)).toMatchObject({
            alerted: [6, 1, 0, 0, 0, 0, 0, 3],
            matched: [12, 2, 0, 0, 0, 0, 0, 6],
            week: 4,
            lastAt: '2026-11-26T10:00:00Z',
        });
        expect(activityOf([rules[1]!], by)).toBeNull();
        expect(activityOf(rules, undefined)).toBeNull();
    });
});

describe('a shipped rule', () => {
    const shipped = { severity: 3 as const, enabled: true, threshold: 1, window_s: 60 };
    it('says where it is no longer as shipped', () => {
        expect(departures(rule('1', { ...shipped, shipped }))).toEqual([]);
        expect(departures(rule('1', { ...shipped, shipped, severity: 1, enabled: false }))).toEqual([
            { key: 'severity', shipped: 3, ours: 1 },
            { key: 'enabled', shipped: true, ours: false },
        ]);
        expect(departures(rule('1', { ...shipped, shipped: null }))).toEqual([]);
    });
});

describe('YAML', () => {
    it('is exported of what the organisation has, in calls of bounded length', () => {
        expect(isExported(rule('1', { managed: false, version: 1 }))).toBe(true);
        expect(isExported(rule('1', { managed: true, version: 0 }))).toBe(false);
        expect(isExported(rule('1', { managed: true, version: 2 }))).toBe(true);
        expect(exportPaths('all')).toEqual(['/api/v1/rules/export']);
        expect(exportPaths(['a', 'b&'])).toEqual(['/api/v1/rules/export?rule=a&rule=b%26']);
        expect(exportPaths(Array.from({ length: exportedAtOnce + 1 }, (_, at) => String(at)))).toHaveLength(2);
        expect(exportPaths([])).toEqual([]);
    });
    it('is taken from files by their place in a folder', () => {
        expect(nameOf({ name: 'a.yaml', webkitRelativePath: 'rules/ecr/a.yaml' })).toBe('rules/ecr/a.yaml');
        expect(nameOf({ name: 'a.yaml', webkitRelativePath: '' })).toBe('a.yaml');
        expect(['a.yaml', 'A.YML', 'a.txt', 'yaml'].map(isYaml)).toEqual([true, true, false, false]);
    });
    it('has a difference whose lines are told apart', () => {
        expect(linesOf('@@ -1,2 +1,2 @@\n a\n-b\n+c\n').map(({ sign, text }) => sign + text)).toEqual([
            '@@@ -1,2 +1,2 @@',
            ' a',
            '-b',
            '+c',
        ]);
        expect(linesOf('')).toEqual([]);
    });
});

describe('what a rule reaches', () => {
    const accounts = [
        { id: '111', calls: 3 },
        { id: '222', calls: 0 },
    ] as unknown as Parameters<typeof reachOf>[1];
    const hosts = [
        { id: 'a', types: ['audit', 'login'], account: '222' },
        { id: 'b', types: ['file'], account: null },
    ] as unknown as Parameters<typeof reachOf>[2];
    it('are hosts by the events that they sent, and accounts by their calls or their hosts', () => {
        const ids = (events: string[]) => {
            const reach = reachOf(events, accounts, hosts);
            return [reach.accounts.map(({ id }) => id), reach.hosts.map(({ id }) => id)];
        };
        expect(ids(['cloudtrail'])).toEqual([['111'], []]);
        expect(ids(['audit', 'host'])).toEqual([['222'], ['a']]);
        expect(ids(['file'])).toEqual([[], ['b']]);
    });
});

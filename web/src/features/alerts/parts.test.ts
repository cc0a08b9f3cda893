import { expect, test } from 'vitest';
import type { BacktestResult } from '~/api/backtest';
import type { Schemas } from '~/api/client';
import { summaryOf } from '~/ui/summary';
import { pathOf, totalOf } from './counts';
import { Cursor, step } from './cursor';
import { patchOf, patchOfTab, tabOfView, tokensOf } from './filters';
import { eventsLink, filterOfDimension } from './pivots';
import { compared, ruleWith, spanOf } from './silence';
import { filterOfAggregates } from './suppression';
import { sentencesOf } from './usual';
import { type Alert, viewOf } from './view';

const view = (text: string) => viewOf(new URLSearchParams(text));

test('tokens and the URL give each other', () => {
    const tokens = tokensOf(view('title=ssm&host=web-1&assignee=-'));
    expect(tokens).toEqual([
        { propertyKey: 'title', operator: ':', value: 'ssm' },
        { propertyKey: 'host', operator: '=', value: 'web-1' },
        { propertyKey: 'assignee', operator: '=', value: '-' },
    ]);
    expect(patchOf(tokens)).toEqual({
        title: 'ssm',
        rule: null,
        ruleset: null,
        type: null,
        host: 'web-1',
        assignee: '-',
    });
});

test('a text without a property is looked for in titles, and the last of one property counts', () => {
    expect(patchOf([{ operator: ':', value: ' ecr ' }]).title).toBe('ecr');
    const twice = ['a', 'b'].map((value) => ({ propertyKey: 'host', operator: '=', value }));
    expect(patchOf(twice).host).toBe('b');
});

test('a tab is a severity, CloudTrail or all', () => {
    expect(
        ['', 'severity=2', 'type=CloudTrail', 'type=File', 'severity=1&type=CloudTrail'].map(view).map(tabOfView),
    ).toEqual(['all', '2', 'CloudTrail', 'all', '1']);
    expect(patchOfTab('CloudTrail', view('severity=1'))).toEqual({ severity: null, type: 'CloudTrail' });
    expect(patchOfTab('1', view('type=CloudTrail'))).toEqual({ severity: '1' });
    expect(patchOfTab('all', view('severity=1&type=CloudTrail'))).toEqual({ severity: null, type: null });
    expect(patchOfTab('all', view('type=File'))).toEqual({ severity: null });
});

test('the total is of the severity that is shown', () => {
    const counts = { counts: [1, 2, 3].map((severity) => ({ severity, count: severity * 10 })) };
    expect(totalOf(counts, view(''))).toBe(60);
    expect(totalOf(counts, view('severity=2'))).toBe(20);
    expect(totalOf(undefined, view(''))).toBeNull();
});

test('a list in a query is the parameter again and again', () => {
    expect(pathOf('/api/v1/alerts', { severity: [1, 2], title: 'a b', host: undefined })).toBe(
        '/api/v1/alerts?severity=1&severity=2&title=a+b',
    );
});

test('the cursor steps within the list, and tells only of changes', () => {
    expect(step([], null, 1)).toBeNull();
    expect(step(['a', 'b', 'c'], null, 1)).toBe('a');
    expect(step(['a', 'b', 'c'], 'gone', -1)).toBe('c');
    expect(step(['a', 'b', 'c'], 'b', 1)).toBe('c');
    expect(step(['a', 'b', 'c'], 'c', 1)).toBe('c');
    const cursor = new Cursor();
    let told = 0;
    const off = cursor.watch(() => ++told);
    cursor.set('a');
    cursor.set('a');
    off();
    cursor.set('b');
    expect([told, cursor.get()]).toEqual([1, 'b']);
});

test('a suppression begins with the values of the alert, quoted; an empty one is no value', () => {
    expect(
        filterOfAggregates([
            { field: 'user', value: 'o"brien\\' },
            { field: 'errorCode', value: '' },
        ]),
    ).toBe('user = "o\\"brien\\\\"\nand errorCode = null');
});

const alert = {
    id: 'a',
    first_at: '2026-11-25T10:00:00Z',
    last_at: '2026-11-25T11:00:00Z',
    aggregates: [{ field: 'user', value: 'ana' }],
} as unknown as Alert;

test('pivots look a day around the alert', () => {
    expect(eventsLink(alert, 'ip = "10.0.0.1"')).toBe(
        '/events?filter=ip+%3D+%2210.0.0.1%22&from=2026-11-24T10%3A00%3A00Z&until=2026-11-26T11%3A00%3A00Z',
    );
    expect(filterOfDimension({ name: 'identity', value: 'arn:aws:iam::1:user/a' })).toBe(
        'userIdentity.arn = "arn:aws:iam::1:user/a"',
    );
    expect(filterOfDimension({ name: 'identity', value: 'root' })).toBe('user = "root"');
    expect(filterOfDimension({ name: 'process', value: '42' })).toBeNull();
});

test('an event is told by what its record says', () => {
    const record = {
        eventSource: 'ssm.amazonaws.com',
        eventName: 'StartSession',
        errorCode: 'AccessDenied',
        userIdentity: { arn: 'arn:aws:sts::1:assumed-role/Admin/ana' },
        sourceIPAddress: '192.0.2.1',
    };
    expect(summaryOf(record, 'cloudtrail')).toEqual({
        what: 'ssm:StartSession (AccessDenied)',
        who: 'Admin/ana',
        from: '192.0.2.1',
    });
    expect(summaryOf({ exe: '/bin/rm', arguments: 'rm -rf /', user: 'root' }, 'audit').what).toBe('rm -rf /');
    expect(summaryOf({}, 'winsec')).toEqual({ what: 'winsec', who: '', from: '' });
});

function result(days: [string, number][], first: string[]): BacktestResult {
    return {
        alerts: days.reduce((sum, [, count]) => sum + count, 0),
        matched: days.length * 10,
        days: days.map(([day, alerted]) => ({ day, matched: 0, suppressed: 0, alerted })),
        newest_alerts: first.map((first_at) => ({ first_at, aggregates: alert.aggregates })),
    } as unknown as BacktestResult;
}

test('a suppression is measured by what the rule then lacks', () => {
    const before = result(
        [
            ['2026-11-24', 3],
            ['2026-11-25', 2],
        ],
        ['2026-11-25T10:00:00.000Z'],
    );
    const after = result([['2026-11-24', 1]], []);
    const span = { since: '2026-11-23T12:00:00Z', until: '2026-11-25T12:00:00Z' };
    expect(compared(alert, before, after, span)).toEqual({
        alerts: 5,
        silenced: 4,
        matches: 20,
        quieted: 10,
        thisOne: true,
        days: [
            { begin: '2026-11-23T00:00:00Z', left: 0, silenced: 0 },
            { begin: '2026-11-24T00:00:00Z', left: 1, silenced: 2 },
            { begin: '2026-11-25T00:00:00Z', left: 0, silenced: 2 },
        ],
    });
    expect(compared(alert, before, before, span).thisOne).toBe(false);
    expect(compared(alert, after, after, span).thisOne).toBeNull();
    // Of a rule by itself there is no alert to look for.
    expect(compared(undefined, before, after, span)).toMatchObject({ silenced: 4, thisOne: null });
    expect(spanOf(undefined, Date.parse('2026-11-26T00:00:00Z'))).toMatchObject({ now: true });
});

test('an old alert is tested over the 30 days before it', () => {
    const now = Date.parse('2026-11-26T00:00:00Z');
    expect(spanOf(alert, now)).toEqual({ since: '2026-10-27T00:00:00Z', until: '2026-11-26T00:00:00Z', now: true });
    const old = { first_at: '2026-03-04T10:50:53Z', last_at: '2026-03-04T10:52:31Z' };
    expect(spanOf(old, now)).toEqual({ since: '2026-02-02T10:52:32Z', until: '2026-03-04T10:52:32Z', now: false });
});

test('a rule is tested with its own suppressions and the others', () => {
    const rule = {
        id: 'r',
        name: 'n',
        filter: 'a = 1',
        suppressions: ['a = 2'],
        version: 3,
    } as unknown as Schemas['Rule'];
    const body = ruleWith(rule, ['a = 3']);
    expect(body.suppressions).toEqual(['a = 2', 'a = 3']);
    expect(body).not.toHaveProperty('version');
});

test('what was never seen before is unusual, and what was not counted is not told', () => {
    const events = {
        user: 'ana',
        host: '',
        name: 'StartSession',
        by_user: 19,
        user_days: 1,
        of_name: null,
        of_name_by_user: 0,
        by_user_on_host: null,
        user_hours: Array.from({ length: 24 }, (_, hour) => (hour === 9 ? 19 : 0)),
    } as unknown as Schemas['UsualEvents'];
    expect(sentencesOf(events, '2026-11-25T10:00:00Z').map(({ id, unusual }) => [id, unusual])).toEqual([
        ['user', false],
        ['name.none', true],
        ['hour.unusual', true],
    ]);
});

import { expect, test } from 'vitest';
import { type Alert, belongs, completeness, filterOf, queryOf, setOf, span, viewOf, windowSeconds } from './view';

const now = Date.parse('2026-11-26T10:00:00Z');
const view = (text: string) => viewOf(new URLSearchParams(text));
const alert = {
    id: 'a1',
    rule_id: 'r1',
    ruleset: 'ssm',
    rule_type: 'CloudTrail',
    severity: 2,
    title: 'CloudTrail: SSM Start Session',
    host: 'web-1',
    created_at: '2026-11-26T09:00:00Z',
    expires_at: '2026-11-26T09:10:00Z',
    status: 'active',
    assignee: '',
} as Alert;

test('an empty URL asks for all active alerts of any time', () => {
    expect(queryOf(view(''), now)).toEqual({ status: 'active' });
    expect(filterOf(view(''), now)).toEqual({ status: 'active' });
});

test('a range up to now has no end, and one that is drawn has both', () => {
    expect(queryOf(view('range=24h&severity=1'), now)).toEqual({
        status: 'active',
        severity: [1],
        from: '2026-11-25T10:00:00Z',
    });
    expect(queryOf(view('from=2026-11-01T00:00:00Z&until=2026-11-02T00:00:00Z'), now)).toEqual({
        status: 'active',
        from: '2026-11-01T00:00:00Z',
        until: '2026-11-02T00:00:00Z',
    });
});

test('what a URL says wrongly is left out', () => {
    expect(viewOf(new URLSearchParams('status=open&severity=7&range=soon&type=cloudtrail'))).toEqual({
        status: 'active',
        severity: null,
        properties: {},
        range: { last: '7d' },
    });
});

test('nobody is a dash or an empty assignee in the URL, and empty for the API', () => {
    expect(queryOf(view('assignee=-'), now)).toEqual({ status: 'active', assignee: '' });
    expect(queryOf(view('assignee='), now)).toEqual({ status: 'active', assignee: '' });
});

test('what is dismissed cannot be dismissed as a set, and of all only the active ones are', () => {
    expect(filterOf(view('status=dismissed'), now)).toBeNull();
    expect(filterOf(view('status=all&rule=r1&severity=3'), now)).toEqual({ status: 'active', severity: 3, rule: 'r1' });
});

test('what is dismissed can be assigned as any other', () => {
    expect(setOf(view('status=dismissed&type=File'), now)).toEqual({ status: 'dismissed', type: 'File' });
    expect(setOf(view('status=all&severity=1'), now)).toEqual({ status: 'all', severity: 1 });
});

test.each([
    ['', true],
    ['title=ssm start', true],
    ['title=ecr', false],
    ['severity=2&rule=r1&ruleset=ssm&host=web-1&assignee=-', true],
    ['severity=1', false],
    ['status=dismissed', false],
    ['status=all', true],
    ['rule=r2', false],
    ['ruleset=ecr', false],
    ['type=CloudTrail', true],
    ['type=File', false],
    ['host=web-2', false],
    ['assignee=somebody@sample.example', false],
    ['range=2h', true],
    ['range=30m', false],
    ['from=2026-11-26T08:00:00Z&until=2026-11-26T09:00:00Z', false],
    ['from=2026-11-26T09:00:00Z&until=2026-11-26T09:00:01Z', true],
])('an alert of the stream belongs to "%s": %s', (text, expected) => {
    expect(belongs(alert, view(text), now)).toBe(expected);
});

test('windows are told in the largest whole unit', () => {
    expect(windowSeconds(alert)).toBe(600);
    expect([600, 3600, 86400, 5400, 45].map(span)).toEqual([
        [10, 'minute'],
        [1, 'hour'],
        [1, 'day'],
        [90, 'minute'],
        [45, 'second'],
    ]);
});

test.each([
    [{}, 'whole'],
    [{ unproven: 1 }, 'unproven'],
    [{ unsigned: 1 }, 'unproven'],
    [{ missing: 1, unproven: 1 }, 'broken'],
    [{ altered: 1 }, 'broken'],
])('of an hour with %j more files CloudTrail is %s', (more, outcome) => {
    const files = { verified: 3, missing: 0, altered: 0, unsigned: 0, unproven: 0, ...more };
    const told = completeness({ ...alert, completeness: { hour: '2026-11-26T09:00:00Z', files } });
    expect(told.outcome).toBe(outcome);
    expect(told.files).toBe(Object.values(files).reduce((sum, count) => sum + count));
    expect(completeness({ ...alert, completeness: null }).outcome).toBe('untold');
});

import { describe, expect, it } from 'vitest';
import { parse } from '~/filter';
import { entryOf, type Process, titleOf } from './data';
import { graphOf, shortName } from './graph';
import { kindOf } from './kinds';
import { dimensionOf, filterOf, firstOf, investigatePath, timelineOf } from './subject';
import { forest, processOf } from './tree';

const subject = (field: string, value: string, host: string | null = null) => ({ field, value, host });

describe('a subject', () => {
    it('is asked of the timeline by the dimension that its field belongs to', () => {
        expect(timelineOf(subject('sourceIPAddress', '203.0.113.7'))).toEqual({ ip: '203.0.113.7' });
        expect(timelineOf(subject('process', '42', 'web-1'))).toEqual({ process: '42', host: 'web-1' });
        expect(timelineOf(subject('host', 'web-1', 'web-1'))).toEqual({ host: 'web-1' });
        expect(timelineOf(subject('userAgent', 'curl'))).toBeNull();
    });
    it('is no session when the principal is a user', () => {
        expect(dimensionOf(subject('userIdentity.principalId', 'AIDAEXAMPLE'))).toBeNull();
        expect(dimensionOf(subject('userIdentity.principalId', 'AROAEXAMPLE:alice'))).toBe('session');
    });
    it('has a filter that keeps quotes of values to themselves and that the grammar takes', () => {
        const filters = [
            filterOf(subject('identity', 'arn:aws:iam::111122223333:role/Deploy')),
            filterOf(subject('identity', 'o"neil\\')),
            filterOf(subject('process', '42', 'web-1')),
            filterOf(subject('session', '91', 'web-1')),
            filterOf(subject('resource', '/etc/passwd')),
            filterOf(subject('userAgent', 'a" or b = "c')),
        ];
        for (const one of filters) expect(parse(one).top, one).not.toBe('broken');
        expect(filters[2]).toBe('(pid = 42 or ppid = 42) and hostname = "web-1"');
        expect(parse(filters[5]!).top).not.toBe('or');
    });
    it('of an event is the host it ran on, else who called', () => {
        const ip = { name: 'ip', value: '203.0.113.7', host: null } as const;
        const who = { name: 'identity', value: 'alice', host: null } as const;
        expect(firstOf([ip, who, { name: 'host', value: 'web-1', host: null }])?.value).toBe('web-1');
        expect(firstOf([ip, who])?.value).toBe('alice');
        expect(firstOf([])).toBeNull();
    });
    it('stands in the address, whatever it holds', () => {
        const path = investigatePath(subject('identity', 'a&b=c #1'), { range: '7d', from: null });
        expect(new URL(path, 'http://x').searchParams.get('value')).toBe('a&b=c #1');
        expect(path).not.toContain('from');
    });
});

describe('the kind of a value', () => {
    it.each([
        ['arn:aws:sts::111122223333:assumed-role/Deploy/ci', 'identity'],
        ['arn:aws:s3:::bucket', 'resource'],
        ['AKIAIOSFODNN7EXAMPLE', 'access_key'],
        ['203.0.113.7', 'ip'],
        ['2001:db8::1', 'ip'],
        ['AROAEXAMPLE:alice', 'session'],
        ['ip-10-0-4-17.eu-west-1.compute.internal', 'host'],
        ['alice', null],
    ])('of %s is %s', (value, kind) => expect(kindOf(value)).toBe(kind));
});

describe('an entry of the timeline', () => {
    it('is known by its alert, or by its latest event', () => {
        const times = { first: '2026-01-01T00:00:00Z', last: '2026-01-01T00:01:00Z', title: 'x' };
        const event = {
            ...times,
            kind: 'event',
            type: 'audit',
            count: 3,
            first_id: 'a',
            last_id: 'b',
            said: { code: 'audit.ran', params: {} },
        } as const;
        expect(entryOf(event)).toMatchObject({ kind: 'event', id: 'b', count: 3, severity: null });
        const alert = {
            ...times,
            kind: 'alert',
            count: 1,
            alert: { id: 'z', severity: 1, rule_type: 'File' },
        } as const;
        expect(entryOf(alert as never)).toMatchObject({ kind: 'alert', id: 'z', severity: 1, type: 'File' });
    });
    it('is told from the fields where the server has no title', () => {
        const fields = { eventSource: 's3.amazonaws.com', eventName: 'GetObject', user: 'alice', ip: ['203.0.113.7'] };
        expect(titleOf({ id: '1', type: 'cloudtrail', time: '', fields })).toBe('alice · s3:GetObject · 203.0.113.7');
        expect(titleOf({ id: '1', type: 'login', time: '', fields: {} })).toBe('login');
    });
});

describe('the processes of a span', () => {
    const start = (time: string, pid: string, ppid: string, host = 'web-1') =>
        processOf({ id: time, type: 'audit', time, fields: { pid, ppid, hostname: host } }) as Process;
    const shape = (nodes: ReturnType<typeof forest>): unknown =>
        nodes.map(({ process, children }) => [process.pid, shape(children)]);
    it('stand under those that started them, on their host, and by the last use of the number', () => {
        const all = [
            start('2026-01-01T00:03:00Z', '30', '20'),
            start('2026-01-01T00:01:00Z', '20', '1'),
            start('2026-01-01T00:04:00Z', '20', '1'),
            start('2026-01-01T00:05:00Z', '40', '20'),
            start('2026-01-01T00:06:00Z', '50', '20', 'web-2'),
        ];
        expect(shape(forest(all))).toEqual([
            [20, [[30, []]]],
            [20, [[40, []]]],
            [50, []],
        ]);
    });
    it('leave out what has no number', () => {
        expect(processOf({ id: 'x', type: 'audit', time: '', fields: { hostname: 'web-1' } })).toBeNull();
    });
});

describe('the graph', () => {
    const call = (fields: Record<string, string>) => ({ id: '1', type: 'cloudtrail', time: '', fields });
    const role = {
        'userIdentity.arn': 'arn:aws:sts::111122223333:assumed-role/Deploy/ci',
        'userIdentity.sessionContext.sessionIssuer.arn': 'arn:aws:iam::111122223333:role/Deploy',
        'userIdentity.accessKeyId': 'ASIAEXAMPLE',
        ip: '203.0.113.7',
        'requestParameters.bucketName': 'data',
        eventSource: 's3.amazonaws.com',
    };
    it('leads from the role over session and key to the address, and to what was touched', () => {
        const { nodes, edges } = graphOf([call(role), call(role)]);
        const kinds = new Map(nodes.map(({ id, kind }) => [id, kind]));
        expect(edges.map(({ from, to, events }) => `${kinds.get(from)} ${kinds.get(to)} ${events}`).sort()).toEqual([
            'access_key ip 2',
            'role session 2',
            'session access_key 2',
            'session resource 2',
        ]);
        expect(nodes.every(({ events }) => events === 2)).toBe(true);
    });
    it('keeps those with the most events, and no edge to one that is left out', () => {
        const many = Array.from({ length: 50 }, (_, at) => call({ user: 'alice', ip: `203.0.113.${at}` }));
        const { nodes, edges, left } = graphOf(many, 10);
        expect([nodes.length, edges.length, left]).toEqual([10, 9, 41]);
        expect(nodes[0]).toMatchObject({ kind: 'user', value: 'alice', events: 50 });
    });
    it('shows of an ARN its end', () => {
        expect(shortName('arn:aws:iam::111122223333:role/a:b')).toBe('role/a:b');
        expect(shortName('alice')).toBe('alice');
    });
});

import { describe, expect, it } from 'vitest';
import { bucketFor, eventsLink, filterOf, identityName, madeBy, type Scope, scopeOf, trendsLink, weekOf } from './data';

const now = Date.parse('2026-11-26T10:00:00Z');
const scope: Scope = scopeOf((name) => (name === 'service' ? 'ecr.amazonaws.com' : ''), { last: '30d' }, now);

describe('the scope', () => {
    it('has the bounds of its range, and keeps the range for links', () => {
        expect(scope.since).toBe('2026-10-27T10:00:00Z');
        expect(scope.until).toBe('2026-11-26T10:00:00Z');
        expect(trendsLink(scope, { by: 'api' })).toBe('/trends?range=30d&service=ecr.amazonaws.com&by=api');
        expect(trendsLink(scope, { region: 'eu-west-1' })).toContain('region=eu-west-1');
        const absolute = scopeOf(() => '', { from: '2026-11-01T00:00:00Z', until: '2026-11-02T00:00:00Z' }, now);
        expect(eventsLink(absolute, 'x')).toBe(
            '/events?filter=x&from=2026-11-01T00%3A00%3A00Z&until=2026-11-02T00%3A00%3A00Z',
        );
    });
    it('chooses buckets by its length', () => {
        expect(bucketFor('2026-11-25T00:00:00Z', '2026-11-26T00:00:00Z')).toBe('hour');
        expect(bucketFor('2026-10-27T00:00:00Z', '2026-11-26T00:00:00Z')).toBe('day');
        expect(bucketFor('2025-11-26T00:00:00Z', '2026-11-26T00:00:00Z')).toBe('week');
    });
});

describe('filters', () => {
    it('narrow to what is given', () => {
        expect(filterOf({})).toBe('event_type = "cloudtrail"');
        expect(filterOf({ service: 'ssm.amazonaws.com', account: '1', region: 'eu-west-1' }, 'errorCode exists')).toBe(
            'event_type = "cloudtrail" and eventSource = "ssm.amazonaws.com" and accountId = "1" and region = "eu-west-1" and errorCode exists',
        );
    });
    it('cannot be broken out of by a value', () => {
        expect(filterOf({ api: 'a" or "b\\' })).toBe('event_type = "cloudtrail" and eventName = "a\\" or \\"b\\\\"');
    });
    it('find the calls of a role, a user and a service', () => {
        expect(madeBy('arn:aws:iam::1:role/R')).toBe(
            'userIdentity.sessionContext.sessionIssuer.arn = "arn:aws:iam::1:role/R"',
        );
        expect(madeBy('arn:aws:iam::1:user/u')).toBe('userIdentity.arn = "arn:aws:iam::1:user/u"');
        expect(madeBy('config.amazonaws.com')).toBe('user = "config.amazonaws.com"');
    });
});

it('names an identity by what is its own', () => {
    expect(identityName('arn:aws:iam::111122223333:role/a/b')).toEqual({ name: 'role/a/b', account: '111122223333' });
    expect(identityName('t.berg')).toEqual({ name: 't.berg', account: '' });
});

it('adds up hours by weekday, and knows the latest of each', () => {
    const week = weekOf(
        [
            { begin: '2026-11-16T09:00:00Z', count: 2 },
            { begin: '2026-11-23T09:00:00Z', count: 3 },
            { begin: '2026-11-22T23:00:00Z', count: 1 },
        ],
        'utc',
    );
    expect(week.counts[0]![9]).toBe(5);
    expect(week.last[0]![9]).toBe('2026-11-23T09:00:00Z');
    expect(week.counts[6]![23]).toBe(1);
    expect(week.last[1]![9]).toBeNull();
    expect(week.most).toBe(5);
});

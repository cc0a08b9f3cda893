import { describe, expect, it } from 'vitest';
import { barWidth, cellText, type Event, exportPath, fieldsFor, filled, searchOf } from './search';
import { begun, Gathered, rowsMax } from './useTail';
import { whatColumn, whatFields, whatOf } from './what';
import { wider } from './widen';

describe('a search of events', () => {
    it('speaks of one span, whatever is asked when', () => {
        const now = Date.parse('2026-03-04T10:00:00Z');
        expect(searchOf('  user = "a" ', { last: '1h' }, now)).toEqual({
            filter: 'user = "a"',
            since: '2026-03-04T09:00:00Z',
            until: '2026-03-04T10:00:00Z',
        });
    });
    it('fills the bars in which nothing happened', () => {
        const span = { since: '2026-03-04T09:10:00Z', until: '2026-03-04T12:00:00Z' };
        expect(filled([{ begin: '2026-03-04T11:00:00Z', count: 3 }], span, 3600).map((bar) => bar.counts[0])).toEqual([
            0, 0, 3,
        ]);
    });
    it('shows all values of a column', () => {
        const event = { id: '1', type: 'cloudtrail', time: '', fields: { a: 'x', b: ['x', 'y'], c: null } };
        expect(['a', 'b', 'c', 'd'].map((column) => cellText(event, column))).toEqual(['x', 'x, y', '', '']);
    });
    it('exports what is shown, with the filter quoted', () => {
        const search = { filter: 'a = "b&c"', since: 's', until: '2026-03-04T12:00:00Z' };
        expect(exportPath(search, 'csv', ['a', 'b'])).toBe(
            '/api/v1/events/export?since=s&until=2026-03-04T11%3A59%3A59.999999Z&filter=a+%3D+%22b%26c%22&format=csv&columns=a%2Cb',
        );
    });
    it('exports whole events where a format has no columns', () => {
        const path = exportPath({ filter: '', since: 's', until: '2026-03-04T12:00:00Z' }, 'parquet', ['a']);
        expect(path).toBe('/api/v1/events/export?since=s&until=2026-03-04T11%3A59%3A59.999999Z&format=parquet');
    });
    it('asks for the fields that a column is made of, once', () => {
        expect(fieldsFor(['ip', whatColumn, 'user']).split(',')).toEqual([
            'ip',
            ...whatFields.filter((field) => field !== 'ip'),
            'user',
        ]);
        // The server wants at least one; without columns it would send whole records.
        expect(fieldsFor([])).not.toBe('');
    });
    it('never asks for more bars than the server gives', () => {
        const span = (until: string) => barWidth({ since: '2026-01-01T00:00:00Z', until });
        expect(span('2026-01-01T00:30:00Z')).toEqual({ width: '1m', seconds: 60 });
        expect(span('2026-03-31T00:00:00Z')).toEqual({ width: '1d', seconds: 86_400 });
        expect(span('2126-01-01T00:00:00Z')).toEqual({ width: '366d', seconds: 366 * 86_400 });
    });
    it('widens to what is offered, or around what was drawn but not beyond now', () => {
        expect(wider({ last: '24h' }, 0)).toEqual({ last: '7d' });
        expect(wider({ last: '36h' }, 0)).toEqual({ last: '7d' });
        expect(wider({ last: '520w' }, 0)).toEqual({ last: '520w' });
        const drawn = { from: '2026-03-04T10:00:00Z', until: '2026-03-04T12:00:00Z' };
        expect(wider(drawn, Date.parse('2026-03-04T12:30:00Z'))).toEqual({
            from: '2026-03-04T09:00:00.000Z',
            until: '2026-03-04T12:30:00.000Z',
        });
        expect(wider(drawn, 0)).toEqual({ from: '2026-03-04T09:00:00.000Z', until: '2026-03-04T12:00:00.000Z' });
    });
});

describe('what happened', () => {
    const of = (type: string, fields: NonNullable<Event['fields']>) => whatOf({ id: '1', type, time: '', fields });
    it('is told by what the event has, and narrows by a field of it', () => {
        const call = { eventName: 'PutImage', eventSource: 'ecr.amazonaws.com', errorCode: 'AccessDenied' };
        expect(of('cloudtrail', call)).toEqual({
            text: 'ecr:PutImage (AccessDenied)',
            field: 'eventName',
            value: 'PutImage',
        });
        const start = { type: 'start', command: 'cat', exe: '/bin/cat', arguments: 'cat /etc/shadow' };
        expect(of('audit', start)).toEqual({ text: 'cat /etc/shadow', field: 'command', value: 'cat' });
        const connect = { type: 'connect', command: 'nc', dst_ip: '192.0.2.1', dst_port: '443' };
        expect(of('audit', connect)).toEqual({ text: 'nc → 192.0.2.1:443', field: 'dst_ip', value: '192.0.2.1' });
        expect(of('file', { type: 'open', filename: '/etc/passwd' }).text).toBe('open /etc/passwd');
        expect(of('awsevent', { source: 'aws.ecr', 'detail-type': 'ECR Image Action' }).text).toBe(
            'aws.ecr ECR Image Action',
        );
    });
    it('is nothing, and narrows by nothing, where an event tells nothing', () => {
        expect(of('cloudtrail', { eventName: null })).toEqual({ text: '', field: null, value: '' });
    });
});

describe('a tail', () => {
    const event = (id: number): Event => ({ id: String(id), type: 'cloudtrail', time: '' });
    it('shows the latest first, and no row moves while they are held', () => {
        const gathered = new Gathered();
        gathered.add(event(1), 0);
        gathered.add(event(2), 0);
        const shown = gathered.show(begun, false, 100);
        expect(shown.rows.map(({ id }) => id)).toEqual(['2', '1']);
        expect(shown.rate).toBe(0.4);
        gathered.add(event(3), 200);
        const held = gathered.show(shown, true, 300);
        expect(held.rows).toBe(shown.rows);
        expect(held.waiting).toBe(1);
        expect(gathered.show(held, true, 400)).toBe(held);
        const after = gathered.show(held, false, 500);
        expect(after.rows.map(({ id }) => id)).toEqual(['3', '2', '1']);
        expect(after.waiting).toBe(0);
        expect(gathered.show(after, false, 9000).rate).toBe(0);
    });
    it('keeps no more rows than it may, held or not', () => {
        const gathered = new Gathered();
        for (let id = 0; id < 10 * rowsMax; id++) gathered.add(event(id), 0);
        expect(gathered.show(begun, true, 1).waiting).toBe(rowsMax);
        const { rows } = gathered.show(begun, false, 1);
        expect(rows).toHaveLength(rowsMax);
        expect(rows[0]!.id).toBe(String(10 * rowsMax - 1));
    });
});

import { describe, expect, it } from 'vitest';
import type { Schemas } from '~/api/client';
import { firstCall } from './curl';
import { invitationLink } from './Invitations';
import { isLastOwner } from './PeopleSection';
import { quietAfter, sourcesOf, span, stateOf } from './sources';

type User = Schemas['User'];
const user = (id: string, role: User['role'], disabled = false) => ({ id, role, disabled }) as User;

it('knows the last owner who can sign in', () => {
    const owner = user('a', 'owner');
    expect(isLastOwner(owner, [owner, user('b', 'user')])).toBe(true);
    expect(isLastOwner(owner, [owner, user('b', 'owner')])).toBe(false);
    expect(isLastOwner(owner, [owner, user('b', 'owner', true)])).toBe(true);
    expect(isLastOwner(user('b', 'owner', true), [owner, user('b', 'owner', true)])).toBe(false);
    expect(isLastOwner(user('b', 'user'), [owner])).toBe(false);
});

it('puts a token where no log of the server sees it', () => {
    expect(new URL(invitationLink('abc', 'https://vigia.example')).pathname).toBe('/invitation');
    expect(new URL(invitationLink('abc', 'https://vigia.example')).hash).toBe('#abc');
});

it('makes a line for a shell that a hostile address cannot leave', () => {
    expect(firstCall('source', 'vigia_1', "https://a'b")).toBe(
        `curl -sS -H 'Authorization: Bearer vigia_1' --data-binary @events.json 'https://a'\\''b/api/v1/events'`,
    );
    expect(firstCall('hawk', 'x', 'https://a')).toBeNull();
});

describe('sources', () => {
    const now = Date.parse('2026-11-26T12:00:00Z');
    const health = (source: string, more: Partial<Schemas['SourceHealth']> = {}) =>
        ({
            source,
            kind: 'key',
            name: `key ${source}`,
            last_batch: '2026-11-26T11:59:00Z',
            refused: 0,
            refused_batches: 0,
            ...more,
        }) as Schemas['SourceHealth'];
    const key = (id: string, more: Partial<Schemas['Key']> = {}) =>
        ({ id, name: `key ${id}`, kind: 'source', revoked_at: null, ...more }) as Schemas['Key'];

    it('has the names that the server gives, and lists keys of which nothing came', () => {
        const all = sourcesOf(
            [
                health('1'),
                health('folder:/var/log/aws', { kind: 'folder', name: '/var/log/aws' }),
                health('aws:c', { kind: 'connection', name: 'Production' }),
                health('9', { name: null }),
            ],
            [key('1'), key('2'), key('3', { kind: 'api' }), key('4', { revoked_at: '2026-11-01T00:00:00Z' })],
        );
        expect(all.map(({ name, kind }) => [name, kind])).toEqual([
            ['key 1', 'key'],
            ['/var/log/aws', 'folder'],
            ['Production', 'connection'],
            ['9', 'key'],
            ['key 2', 'key'],
        ]);
    });

    it('tells their state', () => {
        const state = (more: Partial<Schemas['SourceHealth']>, keys = [key('1')]) =>
            stateOf(sourcesOf([health('1', more)], keys)[0]!, now);
        expect(state({})).toBe('receiving');
        expect(state({ refused: 1 })).toBe('refusing');
        expect(state({ refused_batches: 1 })).toBe('refusing');
        expect(state({ last_batch: new Date(now - quietAfter - 1).toISOString() })).toBe('quiet');
        expect(state({ last_batch: null })).toBe('waiting');
        expect(state({}, [key('1', { revoked_at: '2026-11-01T00:00:00Z' })])).toBe('revoked');
        expect(stateOf(sourcesOf([], [key('1')])[0]!, now)).toBe('waiting');
    });

    it('tells a lag in its largest unit', () => {
        expect([0, 59, 60, 3599, 3600, 86_400].map(span)).toEqual([
            [0, 'second'],
            [59, 'second'],
            [1, 'minute'],
            [59, 'minute'],
            [1, 'hour'],
            [1, 'day'],
        ]);
    });
});

import { describe, expect, it } from 'vitest';
import { eventsPath, type Items, identityOf, itemPath, shortImageName, weightOf } from './kinds';

const host = (id: string, name: string | null) => ({ id, name }) as Items['hosts'];
const scan = (findings: Partial<NonNullable<Items['images']['scan']>['findings']>) =>
    ({
        findings: { CRITICAL: 0, HIGH: 0, MEDIUM: 0, LOW: 0, INFORMATIONAL: 0, UNDEFINED: 0, ...findings },
    }) as Items['images']['scan'];

describe('how events of an item are found', () => {
    it('asks for the agent, or for the host where no agent is named', () => {
        expect(identityOf('hosts', host('5b4d', 'web-1'))).toMatchObject({
            name: 'web-1',
            field: 'agent_id',
            value: '5b4d',
        });
        expect(identityOf('hosts', host('web-1', 'web-1'))).toMatchObject({ field: 'host', value: 'web-1' });
        expect(identityOf('hosts', host('web-1', null))).toMatchObject({ name: 'web-1', field: 'host' });
    });
    it('quotes the value, and keeps the range', () => {
        const quoted = eventsPath({ id: 'x', name: 'x', field: 'host', value: 'a"b\\' });
        expect(new URLSearchParams(quoted.split('?')[1]).get('filter')).toBe('host = "a\\"b\\\\"');
        const path = eventsPath({ id: 'x', name: 'x', field: 'host', value: 'web 1' }, { range: '7d', from: null });
        expect(new URLSearchParams(path.split('?')[1]).get('filter')).toBe('host = "web 1"');
        expect(path).toContain('range=7d');
        expect(path).not.toContain('from');
    });
});

it('gives the name of an image one part of a path', () => {
    expect(itemPath('images', 'a.example/shop/web:1')).toBe('/inventory/images/a.example%2Fshop%2Fweb%3A1');
});

it('puts the worst images first, whatever the number of lesser findings', () => {
    expect(weightOf(scan({ CRITICAL: 1 }))!).toBeGreaterThan(weightOf(scan({ HIGH: 999, MEDIUM: 5000 }))!);
    expect(weightOf(scan({ HIGH: 2 }))!).toBeGreaterThan(weightOf(scan({ HIGH: 1, LOW: 50 }))!);
    expect(weightOf(null)).toBeNull();
});

it.each([
    ['111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web:1.2', 'shop/web:1.2'],
    ['localhost:5000/web:1.2@sha256:abcdef', 'web:1.2'],
    ['library/nginx:1', 'library/nginx:1'],
    ['nginx', 'nginx'],
])('%s', (image, short) => expect(shortImageName(image)).toBe(short));

import { expect, it } from 'vitest';
import { sampleText } from './sample';

it('says what happened, who did it and from where', () => {
    expect(
        sampleText({
            id: 'e',
            record: {
                eventName: 'PutImage',
                userIdentity: { type: 'IAMUser', userName: 'alice' },
                sourceIPAddress: '192.0.2.1',
            },
        }),
    ).toBe('PutImage · alice · 192.0.2.1');
    expect(
        sampleText({ id: 'e', record: { arguments: ['cat', '/etc/shadow'], user: 'root', hostname: 'web-1' } }),
    ).toBe('cat /etc/shadow · root · web-1');
    expect(sampleText({ id: 'e', record: { eventName: 'x'.repeat(100) } })).toBe(`${'x'.repeat(80)}…`);
    expect(sampleText({ id: 'e', record: null })).toBe('e');
    expect(sampleText({ id: 'e', record: { other: 1 } })).toBe('e');
});

import { expect, test } from 'vitest';
import { pasted, recordsOf, sameTests, sampleOf } from './tests';

test('what is pasted is an event, or a list of events that make an alert', () => {
    const exact = ' {"eventName": "A", "n": 12345678901234567890123} ';
    expect(pasted(exact)).toEqual({ sample: { event: exact.trim() } });
    expect(pasted('[{"a": 1}, {"b": 2}]')).toEqual({ sample: { events: ['{"a":1}', '{"b":2}'] } });
    for (const text of ['[]', '[1]', '[[{}]]', '"x"', 'null', '3'])
        expect(pasted(text)).toMatchObject({ code: 'object' });
    expect(pasted('{"a": ')).toMatchObject({ code: 'json' });
    expect(pasted('')).toMatchObject({ code: 'json' });
});

test('a test has one record or several, each told in a few words', () => {
    const record = '{"eventSource":"ecr.amazonaws.com","eventName":"PutImage"}';
    expect(recordsOf({ name: 'a', fires: true, event: record })).toEqual([record]);
    expect(recordsOf({ name: 'a', fires: true, events: [record, '{}'] })).toHaveLength(2);
    expect(sampleOf(record)).toBe('ecr:PutImage');
    expect(sampleOf('{"event_type":"audit","exe":"/bin/sh"}')).toBe('/bin/sh');
    expect(sampleOf('broken')).toBe('–');
});

test('tests are compared by all that they say', () => {
    const one = { name: 'a', fires: true, event: '{}' };
    expect(sameTests([one], [{ ...one }])).toBe(true);
    expect(sameTests([one], [{ ...one, fires: false }])).toBe(false);
    expect(sameTests(undefined, [])).toBe(true);
});

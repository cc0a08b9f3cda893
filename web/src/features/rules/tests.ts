// The tests of a rule: sample events with what the rule shall make of them.
import { queryOptions } from '@tanstack/react-query';
import { api, body, type Schemas } from '~/api/client';
import { summaryOf } from '~/ui/summary';
import type { Draft } from './RuleForm';

export type RuleTest = Schemas['RuleTest'];
export type Run = Schemas['RuleTestRuns']['tests'][number];

/** The records of a test, as JSON texts. */
export const recordsOf = (test: RuleTest): readonly string[] => test.events ?? (test.event ? [test.event] : []);

/** What happens in a record, in a few words. */
export function sampleOf(record: string): string {
    try {
        const value: unknown = JSON.parse(record);
        const type = (value as { event_type?: unknown }).event_type;
        return summaryOf(value as Record<string, unknown>, typeof type === 'string' ? type : '–').what;
    } catch {
        return '–';
    }
}

export type Pasted = { sample: Pick<RuleTest, 'event' | 'events'> } | { code: 'json' | 'object'; reason: string };

/** What was pasted: an object is an event; a list is events that shall make an alert. */
export function pasted(text: string): Pasted {
    let value: unknown;
    try {
        value = JSON.parse(text);
    } catch (failure) {
        return { code: 'json', reason: failure instanceof Error ? failure.message : '' };
    }
    const isObject = (one: unknown) => typeof one === 'object' && one !== null && !Array.isArray(one);
    // The text itself: a number that is too exact for JavaScript stays as it is.
    if (isObject(value)) return { sample: { event: text.trim() } };
    if (!Array.isArray(value) || value.length === 0 || !value.every(isObject)) return { code: 'object', reason: '' };
    return { sample: { events: value.map((one) => JSON.stringify(one)) } };
}

/** Whether two lists of tests are the same to whoever reads them. */
export const sameTests = (left: readonly RuleTest[] = [], right: readonly RuleTest[] = []) =>
    JSON.stringify(left) === JSON.stringify(right);

/** What decides how tests come out; the server runs them. */
export const runsQuery = (draft: Draft) => {
    const rule = { ...draft, name: draft.name || 'draft' };
    return queryOptions({
        queryKey: ['rule-tests', rule],
        queryFn: async ({ signal }) => (await body(api.POST('/api/v1/rules/test', { body: rule, signal }))).tests,
        staleTime: Number.POSITIVE_INFINITY,
    });
};

export const explainRecordQuery = (draft: Draft, record: string) => {
    const asked = { filter: draft.filter, type: draft.type ?? 'CloudTrail', record };
    return queryOptions({
        queryKey: ['explain', asked],
        queryFn: ({ signal }) => body(api.POST('/api/v1/filters/explain', { body: asked, signal })),
        staleTime: Number.POSITIVE_INFINITY,
    });
};

const monthMs = 30 * 86_400_000;

/** The latest events of a month that a filter holds of, to take one of them as a test. */
export const samplesQuery = (filter: string) =>
    queryOptions({
        queryKey: ['rule-samples', filter],
        queryFn: async ({ signal }) => {
            const since = new Date(Date.now() - monthMs).toISOString();
            const query = { filter, since, limit: 20 };
            return (await body(api.GET('/api/v1/events', { signal, params: { query } }))).events;
        },
    });

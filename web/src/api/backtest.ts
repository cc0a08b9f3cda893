import { ApiError, csrfHeader, problemOf, type Schemas } from './client';

export type BacktestQuestion = Omit<Partial<Schemas['BacktestQuestion']>, 'rule'> & {
    rule?: Partial<Schemas['RuleBody']>;
};
export type BacktestProgress = Schemas['BacktestProgress'];
export type BacktestResult = Schemas['BacktestResult'];

const oneDay = 86_400_000;
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** Each day of the span in its order, those on which nothing happened too. */
export function everyDay(days: BacktestResult['days'], since: number, until: number): BacktestResult['days'] {
    const found = new Map(days.map((one) => [one.day, one]));
    const all: string[] = [];
    for (let at = Date.parse(dayOf(since)); at <= until; at += oneDay) all.push(dayOf(at));
    return all.map((day) => found.get(day) ?? { day, matched: 0, suppressed: 0, alerted: 0 });
}

/** Cuts server-sent events out of what arrived; `rest` is what is not whole yet. */
export function eventsOf(text: string): { events: { event: string; data: string }[]; rest: string } {
    const blocks = text.split(/\r?\n\r?\n/);
    const rest = blocks.pop()!;
    const events = blocks.flatMap((block) => {
        let event = 'message';
        const data: string[] = [];
        for (const line of block.split(/\r?\n/)) {
            const [, name, value] = /^([a-z]*): ?(.*)$/.exec(line) ?? [];
            if (name === 'event') event = value!;
            else if (name === 'data') data.push(value!);
        }
        return data.length > 0 ? [{ event, data: data.join('\n') }] : [];
    });
    return { events, rest };
}

/** Runs a rule or a filter over the stored events. Rejects with ApiError; aborting `signal` ends the work on the server too. */
export async function backtest(
    question: BacktestQuestion,
    how: { signal?: AbortSignal; progress?: (so: BacktestProgress) => void } = {},
): Promise<BacktestResult> {
    const response = await globalThis
        .fetch('/api/v1/rules/backtest', {
            method: 'POST',
            headers: { 'Content-Type': 'application/json', ...csrfHeader() },
            body: JSON.stringify(question),
            signal: how.signal ?? null,
        })
        .catch((error: unknown) => {
            throw how.signal?.aborted ? error : new ApiError(0, 'unreachable', '', {}, null);
        });
    if (!response.ok || !response.body) throw await problemOf(response);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let held = '';
    for (;;) {
        const { done, value } = await reader.read();
        if (done) throw new ApiError(0, 'unreachable', '', {}, response.headers.get('X-Request-Id'));
        const { events, rest } = eventsOf(held + value);
        held = rest;
        for (const { event, data } of events) {
            const told = JSON.parse(data);
            if (event === 'progress') how.progress?.(told as BacktestProgress);
            else if (event === 'result') return told as BacktestResult;
            else if (event === 'error')
                throw new ApiError(
                    200,
                    `backtest_${told.code}`,
                    String(told.detail ?? ''),
                    {},
                    response.headers.get('X-Request-Id'),
                );
        }
    }
}

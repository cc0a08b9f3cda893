import { afterEach, expect, test, vi } from 'vitest';
import { backtest, eventsOf } from './backtest';
import { ApiError } from './client';

afterEach(() => vi.unstubAllGlobals());

function answering(...parts: string[]) {
    const encoder = new TextEncoder();
    const stream = new ReadableStream<Uint8Array>({
        start(controller) {
            for (const part of parts) controller.enqueue(encoder.encode(part));
            controller.close();
        },
    });
    vi.stubGlobal('fetch', async () => new Response(stream, { headers: { 'X-Request-Id': 'r1' } }));
}

test('events are cut at empty lines, whatever part of the next has arrived', () => {
    const { events, rest } = eventsOf(': hello\n\nevent: progress\ndata: {"a":\ndata: 1}\n\nevent: res');
    expect(events).toEqual([{ event: 'progress', data: '{"a":\n1}' }]);
    expect(rest).toBe('event: res');
});

test('progress is told and the result returned, though events arrive in pieces', async () => {
    answering('event: progress\ndata: {"matched":1}\n', '\nevent: result\nda', 'ta: {"matched":2}\n\n');
    const seen: number[] = [];
    const result = await backtest({ filter: 'a = 1' }, { progress: ({ matched }) => seen.push(matched) });
    expect(seen).toEqual([1]);
    expect(result.matched).toBe(2);
});

test('an error event and a stream that ends too soon are errors', async () => {
    answering('event: error\ndata: {"code":"too_much","detail":"over the bound"}\n\n');
    await expect(backtest({ filter: 'a = 1' })).rejects.toMatchObject({
        code: 'backtest_too_much',
        detail: 'over the bound',
        requestId: 'r1',
    });
    answering('event: progress\ndata: {"matched":1}\n\n');
    await expect(backtest({ filter: 'a = 1' })).rejects.toBeInstanceOf(ApiError);
});

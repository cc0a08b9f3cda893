import createClient, { type Middleware } from 'openapi-fetch';
import type { components, paths } from './schema.gen';

export type Schemas = components['schemas'];

/** What a call answers when it fails: a problem of the server, or that there was no answer (status 0, code `unreachable`). */
export class ApiError extends Error {
    override readonly name = 'ApiError';
    constructor(
        readonly status: number,
        readonly code: string,
        readonly detail: string,
        readonly params: Readonly<Record<string, unknown>>,
        /** Names the call in the server's log; null when no answer came. */
        readonly requestId: string | null,
        readonly title = '',
    ) {
        super(detail || code);
    }
}

let csrfToken = '';
/** Set when a session is known; goes with every call that changes something. */
export function setCsrfToken(token: string): void {
    csrfToken = token;
}
export function csrfHeader(): Record<string, string> {
    return csrfToken ? { 'X-CSRF-Token': csrfToken } : {};
}

/** The problem document of an answer that is none of those hoped for. */
export async function problemOf(response: Response): Promise<ApiError> {
    const requestId = response.headers.get('X-Request-Id');
    let body: Partial<Schemas['Problem']> = {};
    try {
        body = (await response.json()) as Partial<Schemas['Problem']>;
    } catch {
        // Not a problem document: a proxy answered, or nobody.
    }
    return new ApiError(
        response.status,
        body.code ?? `http_${response.status}`,
        body.detail ?? '',
        (body.params as Record<string, unknown>) ?? {},
        requestId,
        body.title ?? response.statusText,
    );
}

const raise: Middleware = {
    onRequest({ request }) {
        if (request.method !== 'GET' && csrfToken) request.headers.set('X-CSRF-Token', csrfToken);
        return request;
    },
    async onResponse({ response }) {
        if (!response.ok) throw await problemOf(response);
        return response;
    },
    onError({ error }) {
        if (error instanceof ApiError) return error;
        if (error instanceof DOMException && error.name === 'AbortError') return error;
        return new ApiError(0, 'unreachable', '', {}, null);
    },
};

/** The client of every call of the API, typed by its OpenAPI document. What fails is thrown, as ApiError. */
export const api = createClient<paths>({
    baseUrl: globalThis.location?.origin ?? 'http://localhost',
    fetch: (request: Request) => globalThis.fetch(request),
    credentials: 'same-origin',
});
api.use(raise);

/** The body of an answer that the schema says has one. */
export async function body<T>(call: Promise<{ data?: T }>): Promise<T> {
    const { data } = await call;
    if (data === undefined) throw new ApiError(0, 'no_body', '', {}, null);
    return data;
}

/** The body with its ETag, for what people edit. */
export async function versioned<T>(
    call: Promise<{ data?: T; response: Response }>,
): Promise<{ data: T; etag: string }> {
    const { data, response } = await call;
    if (data === undefined) throw new ApiError(0, 'no_body', '', {}, null);
    return { data, etag: response.headers.get('ETag') ?? '' };
}

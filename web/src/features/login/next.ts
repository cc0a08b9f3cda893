/** Where to go after signing in: a path of this console, else its start. What another host could read into it is refused. */
export function safeNext(next: string | null, origin: string = globalThis.location.origin): string {
    if (!next || !/^\/(?![/\\])/.test(next)) return '/';
    let url: URL;
    try {
        url = new URL(next, origin);
    } catch {
        return '/';
    }
    // The URL parser drops tabs and line ends: '/\t/host' is '//host' to it.
    if (url.origin !== origin || url.pathname.startsWith('//')) return '/';
    if (['/login', '/setup', '/invitation'].includes(url.pathname)) return '/';
    return url.pathname + url.search + url.hash;
}

/** A token that a link carries: '#token=…', '#…' or '?token=…'. A fragment is never sent, so no log holds it. */
export function tokenOf(location: { hash: string; search: string }): string {
    const fragment = location.hash.replace(/^#/, '');
    const named = new URLSearchParams(fragment).get('token');
    if (named) return named;
    if (fragment && !fragment.includes('=')) return decodeURIComponentOr(fragment);
    return new URLSearchParams(location.search).get('token') ?? '';
}

function decodeURIComponentOr(text: string): string {
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
}

/** Seconds that a login must wait, as a refusal of too many says it. */
export function waitOf(problem: { params: Readonly<Record<string, unknown>>; detail: string }): number {
    const told = Number(problem.params.retry_after_s ?? /in (\d+) s/.exec(problem.detail)?.[1]);
    return Number.isFinite(told) && told > 0 ? told : 1;
}

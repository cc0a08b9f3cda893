import type { Schemas } from '~/api/client';

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** A first call with a key, ready for a shell; null for kinds of which no line of cURL would do. */
export function firstCall(kind: Schemas['Key']['kind'], token: string, origin: string): string | null {
    const header = `-H ${quoted(`Authorization: Bearer ${token}`)}`;
    switch (kind) {
        case 'source':
            return `curl -sS ${header} --data-binary @events.json ${quoted(`${origin}/api/v1/events`)}`;
        case 'api':
            return `curl -sS ${header} ${quoted(`${origin}/api/v1/session`)}`;
        case 'hawk':
            return null;
    }
}

import type { Schemas } from '~/api/client';
import { shellQuoted } from '~/app/text';

/** A first call with a key, ready for a shell; null for kinds of which no line of cURL would do. */
export function firstCall(kind: Schemas['Key']['kind'], token: string, origin: string): string | null {
    const header = `-H ${shellQuoted(`Authorization: Bearer ${token}`)}`;
    switch (kind) {
        case 'source':
            return `curl -sS ${header} --data-binary @events.json ${shellQuoted(`${origin}/api/v1/events`)}`;
        case 'api':
            return `curl -sS ${header} ${shellQuoted(`${origin}/api/v1/session`)}`;
        case 'hawk':
            return null;
    }
}

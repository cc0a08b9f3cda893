import type { Event } from './search';

/** The column that says what happened, whatever the type of the event. No field of the filter language begins so. */
export const whatColumn = '$what';

/** What it is made of. */
export const whatFields = [
    'eventName',
    'eventSource',
    'errorCode',
    'source',
    'detail-type',
    'type',
    'arguments',
    'command',
    'exe',
    'dst_ip',
    'dst_port',
    'filename',
    'ip',
    'containerId',
] as const;

export interface What {
    text: string;
    /** The field that best narrows a search to the like of it; null where none does. */
    field: string | null;
    value: string;
}

const nothing: What = { text: '', field: null, value: '' };

function first(event: Event, ...fields: string[]): [string, string] | null {
    for (const field of fields) {
        const found = event.fields?.[field];
        const value = Array.isArray(found) ? found[0] : found;
        if (value) return [field, value];
    }
    return null;
}

const by = (found: [string, string] | null, text = found?.[1] ?? ''): What =>
    found ? { text, field: found[0], value: found[1] } : nothing;

function ofCall(event: Event): What {
    const name = first(event, 'eventName');
    if (!name) return nothing;
    const service = first(event, 'eventSource')?.[1].replace(/\.amazonaws\.com$/, '');
    const error = first(event, 'errorCode')?.[1];
    return by(name, `${service ? `${service}:` : ''}${name[1]}${error ? ` (${error})` : ''}`);
}

function ofProcess(event: Event): What {
    const kind = first(event, 'type');
    const program = first(event, 'command', 'exe');
    if (kind?.[1] === 'start' || !kind) return by(program, (first(event, 'arguments') ?? program)?.[1]);
    const port = first(event, 'dst_port')?.[1];
    const far = first(event, 'dst_ip');
    if (kind[1] === 'connect' && far)
        return by(far, `${program?.[1] ?? ''} → ${far[1]}${port ? `:${port}` : ''}`.trim());
    return by(kind, [program?.[1], kind[1], first(event, 'filename')?.[1]].filter(Boolean).join(' '));
}

const joined = (event: Event, ...fields: string[]) =>
    fields
        .map((field) => first(event, field)?.[1])
        .filter(Boolean)
        .join(' ');

/** What happened, on one line, in words of the event alone, so that it is the same in every language. */
export function whatOf(event: Event): What {
    switch (event.type) {
        case 'cloudtrail':
            return ofCall(event);
        case 'awsevent':
            return by(first(event, 'detail-type', 'source'), joined(event, 'source', 'detail-type'));
        case 'audit':
            return ofProcess(event);
        case 'file':
            return by(first(event, 'filename', 'type'), joined(event, 'type', 'filename'));
        case 'login':
            return by(first(event, 'type'), joined(event, 'type', 'ip'));
        case 'container':
            return by(first(event, 'type'), joined(event, 'type', 'arguments', 'containerId'));
        default: {
            const call = ofCall(event);
            return call.text ? call : ofProcess(event);
        }
    }
}

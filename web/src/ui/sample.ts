type Json = { [key: string]: unknown };

/** The text at a path of a record; nothing where there is none. A list is its words. */
function at(record: Json, path: string): string {
    let value: unknown = record;
    for (const key of path.split('.')) value = (value as Json | null | undefined)?.[key];
    if (Array.isArray(value)) return value.join(' ');
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

const first = (record: Json, paths: readonly string[]): string =>
    paths.map((path) => at(record, path)).find(Boolean) ?? '';

const what = ['eventName', 'detail-type', 'arguments', 'command', 'exe', 'filename', 'type'];
const who = ['userIdentity.userName', 'userIdentity.sessionContext.sessionIssuer.userName', 'userIdentity.arn', 'user'];
const where = ['sourceIPAddress', 'hostname', 'host', 'account'];
/** Of each part. */
const partMax = 80;

/** What happened, who did it and from where, of an event that a test found; its id where its record does not say. */
export function sampleText({ id, record }: { id: string; record: object | null }): string {
    if (!record) return id;
    const parts = [what, who, where].map((paths) => first(record as Json, paths)).filter(Boolean);
    return parts.map((part) => (part.length > partMax ? `${part.slice(0, partMax)}…` : part)).join(' · ') || id;
}

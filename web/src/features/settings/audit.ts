/** One member that a change set, changed or took away; values as texts. */
export interface Difference {
    name: string;
    before: string | null;
    after: string | null;
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : JSON.stringify(value));

function members(json: string): Record<string, unknown> | null {
    try {
        const value: unknown = JSON.parse(json);
        return value && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
    } catch {
        return null;
    }
}

/** What lies between two states of a thing, as the audit log keeps them: JSON objects, or any text; empty for none. */
export function differences(before: string, after: string): Difference[] {
    const [old, now] = [members(before || '{}'), members(after || '{}')];
    if (!old || !now) return before === after ? [] : [{ name: '', before: before || null, after: after || null }];
    const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
    return names
        .map((name) => ({
            name,
            before: name in old ? text(old[name]) : null,
            after: name in now ? text(now[name]) : null,
        }))
        .filter((one) => one.before !== one.after);
}

/** The id of the message of an action: 'key added' is settings.audit.did.key_added. */
export const actionId = (action: string) => `settings.audit.did.${action.replaceAll(/[^a-z0-9]+/gi, '_')}`;

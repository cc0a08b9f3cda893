import type { Schemas } from '~/api/client';
import { dayAround } from '~/app/range';
import { link } from '~/app/url';
import { conditionOf } from '~/filter';
import type { Alert } from './view';

export type Dimension = Schemas['Around']['dimensions'][number];

/** The filter that finds the events of a dimension; null where no field of the language says it. */
export function filterOfDimension({ name, value }: Pick<Dimension, 'name' | 'value'>): string | null {
    switch (name) {
        case 'identity':
            return conditionOf(value.startsWith('arn:') ? 'userIdentity.arn' : 'user', value);
        case 'access_key':
            return conditionOf('userIdentity.accessKeyId', value);
        case 'ip':
            return conditionOf('ip', value);
        case 'host':
            return conditionOf('hostname', value);
        default:
            return null;
    }
}

export const eventsLink = (alert: Alert, filter: string) =>
    link('/events', { filter, ...dayAround(alert.first_at, alert.last_at) });

export const investigateLink = (alert: Alert, { name, value }: Pick<Dimension, 'name' | 'value'>) =>
    link('/investigate', { field: name, value, ...dayAround(alert.first_at, alert.last_at) });

/** Of an event, what happened, by whom and from where, as far as its record says. */
export function summaryOf(record: Record<string, unknown>, type: string): { what: string; who: string; from: string } {
    const text = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
    const identity = (record.userIdentity ?? {}) as Record<string, unknown>;
    if (record.eventName)
        return {
            what: `${text(record.eventSource).replace('.amazonaws.com', '')}:${text(record.eventName)}${
                record.errorCode ? ` (${text(record.errorCode)})` : ''
            }`,
            who:
                text(identity.userName) || text(identity.arn).split('/').slice(1).join('/') || text(identity.invokedBy),
            from: text(record.sourceIPAddress),
        };
    const first = (...names: string[]) => names.map((name) => text(record[name])).find(Boolean) ?? '';
    return {
        what: first('arguments', 'exe', 'command', 'detail-type', 'filename', 'event', 'syscall') || type,
        who: first('user', 'loginuser', 'username'),
        from: first('src_ip', 'ip', 'hostname', 'host'),
    };
}

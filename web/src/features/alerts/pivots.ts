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

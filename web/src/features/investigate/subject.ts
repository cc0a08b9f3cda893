import type { Schemas } from '~/api/client';
import { link } from '~/app/url';
import { conditionOf } from '~/filter';

export type Dimension = Schemas['DimensionName'];

/** Who or what is looked into: one of the dimensions of the timeline, or any other field of events. */
export interface Subject {
    field: string;
    value: string;
    /** Of what means something on one host only. */
    host: string | null;
}

export const dimensions: readonly Dimension[] = [
    'identity',
    'session',
    'access_key',
    'ip',
    'host',
    'container',
    'process',
    'resource',
];

const dimensionOfField: Record<string, Dimension> = {
    user: 'identity',
    auser: 'identity',
    loginuser: 'identity',
    'userIdentity.arn': 'identity',
    'userIdentity.userName': 'identity',
    'userIdentity.sessionContext.sessionIssuer.arn': 'identity',
    'userIdentity.principalId': 'session',
    session: 'session',
    'userIdentity.accessKeyId': 'access_key',
    ip: 'ip',
    src_ip: 'ip',
    dst_ip: 'ip',
    sourceIPAddress: 'ip',
    'connection.addr': 'ip',
    'connection.src_addr': 'ip',
    'connection.dst_addr': 'ip',
    hostname: 'host',
    agent_id: 'host',
    'host_metadata.hostname': 'host',
    containerId: 'container',
    container_id: 'container',
    pid: 'process',
    ppid: 'process',
    filename: 'resource',
    'resources.ARN': 'resource',
    'requestParameters.bucketName': 'resource',
};

/** The dimension that a field of events belongs to; null for the others, of which there is no timeline with alerts. */
export function dimensionOf({ field, value }: Pick<Subject, 'field' | 'value'>): Dimension | null {
    if (dimensions.includes(field as Dimension)) return field as Dimension;
    const found = dimensionOfField[field] ?? null;
    // The principal of a user names no session.
    if (field === 'userIdentity.principalId' && !value.includes(':')) return null;
    return found;
}

/** The parameters of the timeline that ask for it. */
export function timelineOf(subject: Subject): Record<string, string> | null {
    const name = dimensionOf(subject);
    if (!name) return null;
    return { [name]: subject.value, ...(subject.host && name !== 'host' ? { host: subject.host } : {}) };
}

const number = (text: string) => (/^\d{1,15}$/.test(text) ? Number(text) : text);
const any = (...conditions: string[]) => (conditions.length > 1 ? `(${conditions.join(' or ')})` : conditions[0]!);

function conditionsOf({ field, value }: Subject, name: Dimension | null): string {
    switch (name) {
        case 'identity':
            return value.startsWith('arn:')
                ? any(
                      conditionOf('userIdentity.arn', value),
                      conditionOf('userIdentity.sessionContext.sessionIssuer.arn', value),
                  )
                : conditionOf('user', value);
        case 'session':
            return value.includes(':')
                ? conditionOf('userIdentity.principalId', value)
                : conditionOf('session', number(value));
        case 'access_key':
            return conditionOf('userIdentity.accessKeyId', value);
        case 'ip':
            return conditionOf('ip', value);
        case 'host':
            return conditionOf('hostname', value);
        case 'container':
            return conditionOf('containerId', value);
        case 'process':
            return any(conditionOf('pid', number(value)), conditionOf('ppid', number(value)));
        case 'resource':
            if (value.startsWith('arn:')) return conditionOf('resources.ARN', value);
            if (value.startsWith('/')) return conditionOf('filename', value);
            return conditionOf('requestParameters.bucketName', value);
        default:
            return conditionOf(field, value);
    }
}

/** The filter that finds its events. */
export function filterOf(subject: Subject): string {
    const name = dimensionOf(subject);
    const own = conditionsOf(subject, name);
    return subject.host && name !== 'host' ? `${own} and ${conditionOf('hostname', subject.host)}` : own;
}

/** Of several, that which a look at an event begins with: the host of what ran on one, else who called. */
export function firstOf(found: readonly { name: Dimension; value: string; host: string | null }[]): Subject | null {
    const order: readonly Dimension[] = ['host', 'identity', 'access_key', 'ip', 'container', 'resource', 'session'];
    const one = order.map((name) => found.find((each) => each.name === name)).find(Boolean) ?? found[0];
    return one ? { field: one.name, value: one.value, host: one.host } : null;
}

type Patch = Record<string, string | null>;
export const investigatePath = ({ field, value, host }: Subject, range: Patch = {}) =>
    link('/investigate', { field, value, host, ...range });

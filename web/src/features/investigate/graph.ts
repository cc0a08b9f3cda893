import type { Schemas } from '~/api/client';

/** The fields of events of which a graph is made. */
export const graphColumns = [
    'user',
    'auser',
    'userIdentity.type',
    'userIdentity.arn',
    'userIdentity.sessionContext.sessionIssuer.arn',
    'userIdentity.accessKeyId',
    'ip',
    'hostname',
    'containerId',
    'filename',
    'requestParameters.bucketName',
    'requestParameters.repositoryName',
    'requestParameters.instanceId',
    'requestParameters.secretId',
    'requestParameters.roleArn',
    'eventSource',
] as const;

export type NodeKind =
    | 'user'
    | 'role'
    | 'session'
    | 'access_key'
    | 'ip'
    | 'host'
    | 'container'
    | 'resource'
    | 'service';
export interface GraphNode {
    id: string;
    kind: NodeKind;
    value: string;
    /** The field that Investigate knows it by. */
    field: string;
    events: number;
}
export interface GraphEdge {
    from: string;
    to: string;
    events: number;
}
export interface Graph {
    nodes: GraphNode[];
    edges: GraphEdge[];
    /** Nodes that were left out. */
    left: number;
}

export const nodesMax = 200;

const resources = [
    ['requestParameters.bucketName', 'resource'],
    ['requestParameters.repositoryName', 'requestParameters.repositoryName'],
    ['requestParameters.instanceId', 'requestParameters.instanceId'],
    ['requestParameters.secretId', 'requestParameters.secretId'],
    ['requestParameters.roleArn', 'requestParameters.roleArn'],
    ['filename', 'resource'],
] as const;

/** Who touched what: role → session → access key → address, and whoever acted → host, container, resource or service. */
export function graphOf(events: readonly Schemas['Event'][], max = nodesMax): Graph {
    const nodes = new Map<string, GraphNode>();
    const edges = new Map<string, GraphEdge>();
    for (const event of events) {
        const seen = new Set<string>();
        const add = (kind: NodeKind, value: string | null, field: string): string | null => {
            if (!value) return null;
            const id = `${kind} ${value}`;
            const node = nodes.get(id) ?? { id, kind, value, field, events: 0 };
            if (!seen.has(id)) node.events++;
            seen.add(id);
            nodes.set(id, node);
            return id;
        };
        const connect = (from: string | null, to: string | null) => {
            const id = `${from}\0${to}`;
            if (!from || !to || from === to || seen.has(id)) return;
            seen.add(id);
            const edge = edges.get(id) ?? { from, to, events: 0 };
            edge.events++;
            edges.set(id, edge);
        };
        const text = (name: (typeof graphColumns)[number]): string | null => {
            const value = event.fields?.[name];
            return (Array.isArray(value) ? value[0] : value) || null;
        };
        const arn = text('userIdentity.arn');
        const role = add('role', text('userIdentity.sessionContext.sessionIssuer.arn'), 'identity');
        const actor = arn?.includes(':assumed-role/')
            ? add('session', arn, 'identity')
            : add('user', arn ?? text('user'), 'identity');
        connect(role, actor);
        // On hosts the user that logged in acts as another.
        const login = text('auser');
        if (login && login !== text('user')) connect(add('user', login, 'identity'), actor);
        const key = add('access_key', text('userIdentity.accessKeyId'), 'access_key');
        connect(actor, key);
        connect(key ?? actor, add('ip', text('ip'), 'ip'));
        const host = add('host', text('hostname'), 'host');
        connect(actor, host);
        const container = add('container', text('containerId'), 'container');
        connect(host, container);
        let touched = false;
        for (const [column, field] of resources) {
            const resource = add('resource', text(column), field);
            if (!resource) continue;
            touched = true;
            connect(actor ?? host, resource);
        }
        if (!touched && !host) connect(actor, add('service', text('eventSource'), 'eventSource'));
    }
    const byEvents = [...nodes.values()].sort((a, b) => b.events - a.events || a.id.localeCompare(b.id));
    const kept = byEvents.slice(0, max);
    const ids = new Set(kept.map(({ id }) => id));
    return {
        nodes: kept,
        edges: [...edges.values()]
            .filter(({ from, to }) => ids.has(from) && ids.has(to))
            .sort((a, b) => b.events - a.events || `${a.from}${a.to}`.localeCompare(`${b.from}${b.to}`)),
        left: byEvents.length - kept.length,
    };
}

/** Of an ARN what tells it from others at a glance. */
export function shortName(value: string): string {
    return value.startsWith('arn:') ? value.split(':').slice(5).join(':') || value : value;
}

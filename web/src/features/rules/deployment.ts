import { queryOptions } from '@tanstack/react-query';
import { api, body, type Schemas } from '~/api/client';
import { sourcesOf } from '~/filter/catalogue';

type Host = Schemas['HostSeen'];
type Account = Schemas['AccountSeen'];

/** What is told of at most; who has more sees the first of them. */
const placesMax = 500;

export const rulesetsQuery = () =>
    queryOptions({
        queryKey: ['rulesets'],
        queryFn: async ({ signal }) =>
            (await body(api.GET('/api/v1/rulesets', { signal, params: { query: { limit: 1000 } } }))).rulesets,
    });

export interface Reach {
    /** The types of events that the rule is asked of. */
    events: string[];
    accounts: Account[];
    hosts: Host[];
}

/** What of an estate sends events of the types: hosts by the events they sent, accounts by their calls or their hosts. */
export function reachOf(events: readonly string[], accounts: readonly Account[], hosts: readonly Host[]): Reach {
    const reached = hosts.filter(({ types }) => types.some((type) => events.includes(type)));
    const theirs = new Set(reached.map(({ account }) => account));
    const calls = events.includes('cloudtrail');
    return {
        events: [...events],
        accounts: accounts.filter((one) => theirs.has(one.id) || (calls && one.calls > 0)),
        hosts: reached,
    };
}

/** Of the last 30 days. */
export const reachQuery = (type: Schemas['RuleType']) =>
    queryOptions({
        queryKey: ['reach', type],
        queryFn: async ({ signal }) => {
            const query = { limit: placesMax };
            const [fields, { accounts }, { hosts }] = await Promise.all([
                body(api.GET('/api/v1/fields', { signal })),
                body(api.GET('/api/v1/inventory/accounts', { params: { query }, signal })),
                body(api.GET('/api/v1/inventory/hosts', { params: { query }, signal })),
            ]);
            const events = sourcesOf(fields, type).map(({ event_type }) => event_type);
            return reachOf(events, accounts, hosts);
        },
        staleTime: 60_000,
    });

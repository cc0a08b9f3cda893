import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, body, type Schemas } from '~/api/client';
import { bounds, type Range, rangePatch } from '~/app/range';
import { link } from '~/app/url';
import { conditionOf } from '~/filter';

export type Row = Schemas['TrendRow'];
export type By = 'organisation' | 'account' | 'region' | 'service' | 'api';
export const bys: readonly By[] = ['service', 'api', 'region', 'account', 'organisation'];
/** What calls are narrowed by, as the URL and the API name it. */
export const narrowings = ['account', 'region', 'service', 'api'] as const;
export type Part = Pick<Scope, (typeof narrowings)[number]>;

/** What is looked at: a part of the calls, in a span of time. Empty texts narrow nothing. */
export interface Scope {
    account: string;
    region: string;
    service: string;
    api: string;
    since: string;
    until: string;
    /** As the URL says it, for links to events. */
    range: Range;
}

export function scopeOf(get: (name: string) => string, range: Range, now?: number): Scope {
    const { from, until } = bounds(range, now);
    return {
        account: get('account'),
        region: get('region'),
        service: get('service'),
        api: get('api'),
        since: from,
        until,
        range,
    };
}

const day = 86_400_000;

/** Buckets that make between a dozen and some 130 bars. */
export function bucketFor(since: string, until: string): 'hour' | 'day' | 'week' {
    const span = Date.parse(until) - Date.parse(since);
    return span <= 4 * day ? 'hour' : span <= 130 * day ? 'day' : 'week';
}

/** The events of a scope, with more conditions. */
export function filterOf(part: Partial<Part>, ...more: string[]): string {
    return [
        'event_type = "cloudtrail"',
        part.service && conditionOf('eventSource', part.service),
        part.api && conditionOf('eventName', part.api),
        part.account && conditionOf('accountId', part.account),
        part.region && conditionOf('region', part.region),
        ...more,
    ]
        .filter(Boolean)
        .join(' and ');
}

/** Holds of the events that a role, a user or whoever has such a name made. */
export function madeBy(identity: string): string {
    if (!identity.startsWith('arn:')) return conditionOf('user', identity);
    if (identity.includes(':role/')) return conditionOf('userIdentity.sessionContext.sessionIssuer.arn', identity);
    return conditionOf('userIdentity.arn', identity);
}

/** The events page, showing what a filter holds of in the scope's time, or in another. */
export function eventsLink(scope: Scope, filter: string, span?: { from: string; until: string }): string {
    if (span) return link('/events', { filter, ...span });
    return 'last' in scope.range
        ? link('/events', { filter, range: scope.range.last })
        : link('/events', { filter, from: scope.range.from, until: scope.range.until });
}

/** This page, about another part of the calls in the same time. */
export function trendsLink(scope: Scope, patch: Record<string, string | null>): string {
    return link('/trends', {
        ...rangePatch(scope.range),
        account: scope.account,
        region: scope.region,
        service: scope.service,
        ...patch,
    });
}

/** The part of a row's calls that it stands for, as a scope has it. */
export function partOf(row: Row, scope: Scope): Part {
    return {
        account: row.account ?? scope.account,
        region: row.region ?? scope.region,
        service: row.service ?? scope.service,
        api: row.api ?? scope.api,
    };
}

const narrowed = (scope: Scope) => ({
    since: scope.since,
    until: scope.until,
    account: scope.account || undefined,
    region: scope.region || undefined,
    service: scope.service || undefined,
    api: scope.api || undefined,
});

export function useTrends(scope: Scope, by: By, enabled = true) {
    const bucket = bucketFor(scope.since, scope.until);
    return useQuery({
        queryKey: ['trends', 'rows', by, bucket, narrowed(scope)],
        queryFn: ({ signal }) =>
            body(
                api.GET('/api/v1/trends', {
                    params: { query: { by, bucket, limit: 500, ...narrowed(scope) } },
                    signal,
                }),
            ),
        placeholderData: keepPreviousData,
        enabled,
    });
}

export function useTrendUsers(scope: Scope) {
    return useQuery({
        queryKey: ['trends', 'users', narrowed(scope)],
        queryFn: ({ signal }) =>
            body(api.GET('/api/v1/trends/users', { params: { query: { limit: 500, ...narrowed(scope) } }, signal })),
        placeholderData: keepPreviousData,
    });
}

/** The values of a field in the scope, commonest first. */
export function useFacet(scope: Scope, field: string, filter: string, span?: { since?: string; until: string }) {
    const { since, until } = span ?? scope;
    return useQuery({
        queryKey: ['trends', 'facet', field, filter, since ?? null, until],
        queryFn: async ({ signal }) => {
            const query = { field: [field], filter, since, until, limit: 1000 };
            const { facets } = await body(api.GET('/api/v1/events/facets', { params: { query }, signal }));
            return facets[0]?.values ?? [];
        },
        placeholderData: keepPreviousData,
    });
}

/** What people call the commonest services; of others the name that events have. */
const names: Record<string, string> = {
    athena: 'Athena',
    autoscaling: 'Auto Scaling',
    bedrock: 'Bedrock',
    cloudformation: 'CloudFormation',
    cloudtrail: 'CloudTrail',
    cloudwatch: 'CloudWatch',
    codebuild: 'CodeBuild',
    codedeploy: 'CodeDeploy',
    config: 'Config',
    dynamodb: 'DynamoDB',
    ec2: 'EC2',
    ecr: 'ECR',
    'ecr-public': 'ECR Public',
    ecs: 'ECS',
    eks: 'EKS',
    elasticloadbalancing: 'Elastic Load Balancing',
    events: 'EventBridge',
    glue: 'Glue',
    guardduty: 'GuardDuty',
    iam: 'IAM',
    kms: 'KMS',
    lambda: 'Lambda',
    logs: 'CloudWatch Logs',
    monitoring: 'CloudWatch',
    organizations: 'Organizations',
    rds: 'RDS',
    route53: 'Route 53',
    s3: 'S3',
    secretsmanager: 'Secrets Manager',
    securityhub: 'Security Hub',
    signin: 'Sign-in',
    sns: 'SNS',
    sqs: 'SQS',
    ssm: 'Systems Manager',
    sts: 'STS',
};
export function serviceName(source: string): string {
    const short = source.replace(/\.amazonaws\.com$/, '');
    return names[short] ?? short;
}

/** What a row is about. */
export function rowName(row: Row, by: By, organisation: string): string {
    if (by === 'service') return serviceName(row.service ?? '');
    if (by === 'api') return row.api ?? '';
    if (by === 'account') return row.account ?? '';
    if (by === 'region') return row.region ?? '';
    return organisation;
}

/** The role or user in an ARN, without what all have before it. */
export function identityName(identity: string): { name: string; account: string } {
    const match = /^arn:aws[a-z-]*:(?:iam|sts)::(\d*):(.+)$/.exec(identity);
    return match ? { name: match[2]!, account: match[1]! } : { name: identity, account: '' };
}

/** Calls by weekday (0 is Monday) and hour, and of each cell the last hour in which there were calls. */
export interface Week {
    counts: number[][];
    last: (string | null)[][];
    most: number;
}
export function weekOf(bars: readonly { begin: string; count: number }[], zone: 'utc' | 'local'): Week {
    const counts = Array.from({ length: 7 }, () => Array<number>(24).fill(0));
    const last = Array.from({ length: 7 }, () => Array<string | null>(24).fill(null));
    for (const { begin, count } of bars) {
        const at = new Date(begin);
        const weekday = ((zone === 'utc' ? at.getUTCDay() : at.getDay()) + 6) % 7;
        const hour = zone === 'utc' ? at.getUTCHours() : at.getHours();
        counts[weekday]![hour]! += count;
        if (count > 0 && (last[weekday]![hour] ?? '') < begin) last[weekday]![hour] = begin;
    }
    return { counts, last, most: Math.max(0, ...counts.flat()) };
}

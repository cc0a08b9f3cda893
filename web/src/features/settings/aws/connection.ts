import type { Schemas } from '~/api/client';

export type Connection = Schemas['AwsConnection'];
export type Draft = Schemas['AwsConnectionDraft'];

/** Its external id is there, the queue and the role are not. */
export function isDraft(one: Pick<Connection, 'queue_url' | 'role_arn' | 'is_configured'>): boolean {
    return one.queue_url === '' || (one.role_arn === '' && !one.is_configured);
}

export type ConnectionState = 'draft' | 'paused' | 'failing' | 'waiting' | 'taking';

export function stateOf(one: Connection): ConnectionState {
    if (isDraft(one)) return 'draft';
    if (!one.enabled) return 'paused';
    if (one.status?.error) return 'failing';
    return one.status?.last_message ? 'taking' : 'waiting';
}

/** What is sent back to change something about it. */
export function draftOf(one: Connection): Draft {
    return {
        name: one.name,
        queue_url: one.queue_url,
        region: one.region,
        role_arn: one.role_arn,
        enabled: one.enabled,
    };
}

const roleArn = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/;
const queueUrl = /^https?:\/\/[^\s/]+\/\d{12}\/[\w-]+(\.fifo)?$/;

export type ConnectionFault = 'missing' | 'role' | 'queue';

/** What is wrong with the role and the queue as they were typed; the server knows more. */
export function faultsOf(queue: string, role: string): { queue?: ConnectionFault; role?: ConnectionFault } {
    const fault = (text: string, form: RegExp, what: ConnectionFault) =>
        text.trim() === '' ? 'missing' : form.test(text.trim()) ? undefined : what;
    return { queue: fault(queue, queueUrl, 'queue'), role: fault(role, roleArn, 'role') };
}

/** The command that deploys the template of a trail. Nobody knows the principal until the credentials work. */
export function deployCommand(externalId: string, principal: string | null): string {
    return [
        'aws cloudformation deploy --stack-name vigia-trail --capabilities CAPABILITY_IAM \\',
        '    --template-file trail.yaml \\',
        `    --parameter-overrides VigiaPrincipalArn=${principal ?? 'arn:aws:iam::111122223333:role/vigia'} ExternalId=${externalId}`,
        "aws cloudformation describe-stacks --stack-name vigia-trail --query 'Stacks[0].Outputs'",
    ].join('\n');
}

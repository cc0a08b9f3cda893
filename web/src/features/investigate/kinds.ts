/** Of what a look can begin with. */
export const kinds = ['identity', 'access_key', 'ip', 'host', 'container', 'resource', 'session'] as const;
export type Kind = (typeof kinds)[number];
export const examples: Record<Kind, string> = {
    identity: 'arn:aws:iam::111122223333:role/Deploy',
    access_key: 'AKIAIOSFODNN7EXAMPLE',
    ip: '203.0.113.7',
    host: 'ip-10-0-4-17.eu-west-1.compute.internal',
    container: '4f1c2ab07d9e',
    resource: 'arn:aws:s3:::example-bucket',
    session: 'AROAEXAMPLE:alice',
};

/** What kind of thing a text names, as far as its form tells. */
export function kindOf(value: string): Kind | null {
    if (/^arn:[^:]+:(iam|sts):/.test(value)) return 'identity';
    if (value.startsWith('arn:') || value.startsWith('/')) return 'resource';
    if (/^(AKIA|ASIA)[A-Z0-9]{12,}$/.test(value)) return 'access_key';
    if (/^\d{1,3}(\.\d{1,3}){3}$/.test(value) || /^[0-9a-f]*:[0-9a-f:]+$/i.test(value)) return 'ip';
    if (/^(AROA|AIDA)[A-Z0-9]+:/.test(value)) return 'session';
    if (/^ip-\d+-\d+-\d+-\d+(\.|$)/.test(value) || value.endsWith('.internal')) return 'host';
    if (/^[0-9a-f]{64}$/.test(value)) return 'container';
    return null;
}

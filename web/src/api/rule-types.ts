import type { Schemas } from './client';

/** What rules speak of, as the API spells it. */
export const ruleTypes = [
    'CloudTrail',
    'AwsEvent',
    'Host',
    'File',
    'Container',
    'ThreatIntel',
    'Winsec',
    'KubernetesAudit',
    'KubernetesConfig',
] as const satisfies readonly Schemas['RuleType'][];

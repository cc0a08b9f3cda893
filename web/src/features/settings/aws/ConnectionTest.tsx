import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { Schemas } from '~/api/client';
import { useText } from '~/app/intl';
import { Code } from '~/ui/Code';
import type { Connection } from './connection';

type Step = Schemas['AwsTestStep'];
const names = [
    'credentials',
    'settings',
    'role',
    'queue',
    'messages',
    'files',
] as const satisfies readonly Step['name'][];
const indicator = { passed: 'success', failed: 'error', skipped: 'pending' } as const;

/** How far a test of the connection came: of the step that failed, what AWS said and what to change. */
export function ConnectionTest({ connection, test }: { connection: Connection; test: Schemas['AwsConnectionTest'] }) {
    const t = useText();
    const steps = new Map(test.steps.map((one) => [one.name, one]));
    // That they are named goes without saying.
    const shown = names.filter((name) => name !== 'settings' || steps.has(name));
    return (
        <ol className="vg-steps" aria-label={t('settings.aws.test.steps')}>
            {shown.map((name) => {
                const step = steps.get(name);
                return (
                    <li key={name}>
                        <SpaceBetween size="xxs">
                            <StatusIndicator type={step ? indicator[step.outcome] : 'pending'}>
                                {t(`settings.aws.step.${name}`)}
                            </StatusIndicator>
                            {step?.outcome === 'skipped' ? (
                                <Box color="text-body-secondary">{t('settings.aws.step.skipped')}</Box>
                            ) : (
                                step && <Box color="text-body-secondary">{step.detail}</Box>
                            )}
                            {step?.code && <Box>{t(`settings.aws.remedy.${step.code}`)}</Box>}
                            {step?.code === 'role_refused' && (
                                <Code block>
                                    {JSON.stringify(trustPolicy(test.principal ?? '', connection.external_id), null, 2)}
                                </Code>
                            )}
                        </SpaceBetween>
                    </li>
                );
            })}
        </ol>
    );
}

function trustPolicy(principal: string, externalId: string) {
    return {
        Effect: 'Allow',
        Principal: { AWS: principal },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': externalId } },
    };
}

import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, body } from '~/api/client';
import { useText } from '~/app/intl';
import { ErrorBox } from '~/ui/ErrorBox';
import { Copyable } from '../parts';
import { ConnectionTest } from './ConnectionTest';
import { useFresh } from './calls';
import { type Connection, deployCommand, faultsOf } from './connection';

/** Leads through what is done in the AWS account, and takes what came of it. */
export function Connecting({
    connection,
    done,
    close,
}: {
    connection: Connection;
    done: () => void;
    close?: () => void;
}) {
    const t = useText();
    return (
        <SpaceBetween size="l">
            <Container header={<Header variant="h2">{t('settings.aws.deploy')}</Header>}>
                <Deploy connection={connection} />
            </Container>
            <Container header={<Header variant="h2">{t('settings.aws.outputs')}</Header>}>
                <Outputs connection={connection} done={done} close={close} />
            </Container>
        </SpaceBetween>
    );
}

function Deploy({ connection }: { connection: Connection }) {
    const t = useText();
    // Who the service is to AWS is what its own credentials say: the first step of a test.
    const test = useQuery({
        queryKey: ['aws-principal', connection.id],
        queryFn: () => body(api.POST('/api/v1/aws/connections/{id}/test', { params: { path: { id: connection.id } } })),
        staleTime: Number.POSITIVE_INFINITY,
        retry: false,
    });
    const principal = test.data?.principal ?? null;
    return (
        <SpaceBetween size="m">
            <Box>{t('settings.aws.deploy.what')}</Box>
            {test.error && <ErrorBox error={test.error} retry={() => test.refetch()} />}
            {test.data && principal === null && <ConnectionTest connection={connection} test={test.data} />}
            <Button iconName="download" onClick={saveTemplate}>
                {t('settings.aws.template')}
            </Button>
            <Copyable label={t('settings.aws.external')} text={connection.external_id} />
            {principal !== null && <Copyable label={t('settings.aws.principal')} text={principal} />}
            <Copyable label={t('settings.aws.command')} text={deployCommand(connection.external_id, principal)} />
            <Box color="text-body-secondary">{t('settings.aws.deploy.more')}</Box>
        </SpaceBetween>
    );
}

async function saveTemplate(): Promise<void> {
    const { default: text } = await import('../../../../../packaging/aws/cloudformation/trail.yaml?raw');
    const address = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }));
    const anchor = document.createElement('a');
    anchor.href = address;
    anchor.download = 'trail.yaml';
    anchor.click();
    URL.revokeObjectURL(address);
}

function Outputs({ connection, done, close }: { connection: Connection; done: () => void; close?: () => void }) {
    const t = useText();
    const fresh = useFresh();
    const [name, setName] = useState(connection.name);
    const [queue, setQueue] = useState(connection.queue_url);
    const [role, setRole] = useState(connection.role_arn);
    const [region, setRegion] = useState(connection.region);
    const [told, setTold] = useState(false);
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState<unknown>(null);
    const faults = faultsOf(queue, role);
    const text = (fault: string | undefined) => (told && fault ? t(`settings.aws.fault.${fault}`) : undefined);
    const save = async () => {
        setTold(true);
        if (busy || faults.queue || faults.role || !name.trim()) return;
        setBusy(true);
        setError(null);
        try {
            await body(
                api.PUT('/api/v1/aws/connections/{id}', {
                    params: { path: { id: connection.id }, header: { 'If-Match': `"${connection.version}"` } },
                    body: {
                        name: name.trim(),
                        queue_url: queue.trim(),
                        region: region.trim(),
                        role_arn: role.trim(),
                        enabled: true,
                    },
                }),
            );
            await fresh();
            done();
        } catch (failed) {
            setError(failed);
        }
        setBusy(false);
    };
    return (
        <form
            onSubmit={(event) => {
                event.preventDefault();
                save();
            }}
        >
            <SpaceBetween size="m">
                <Box>{t('settings.aws.outputs.what')}</Box>
                <FormField label={t('settings.name')} errorText={text(name.trim() ? undefined : 'missing')}>
                    <Input value={name} autoComplete={false} onChange={({ detail }) => setName(detail.value)} />
                </FormField>
                <FormField label="RoleArn" description={t('settings.aws.role.what')} errorText={text(faults.role)}>
                    <Input
                        value={role}
                        autoComplete={false}
                        placeholder="arn:aws:iam::111122223333:role/vigia"
                        onChange={({ detail }) => setRole(detail.value)}
                    />
                </FormField>
                <FormField label="QueueUrl" description={t('settings.aws.queue.what')} errorText={text(faults.queue)}>
                    <Input
                        value={queue}
                        autoComplete={false}
                        placeholder="https://sqs.eu-west-1.amazonaws.com/111122223333/vigia"
                        onChange={({ detail }) => setQueue(detail.value)}
                    />
                </FormField>
                <FormField label="Region" description={t('settings.aws.region.what')}>
                    <Input value={region} autoComplete={false} onChange={({ detail }) => setRegion(detail.value)} />
                </FormField>
                {error !== null && <ErrorBox error={error} />}
                <SpaceBetween direction="horizontal" size="xs">
                    <Button variant="primary" formAction="submit" loading={busy}>
                        {t('settings.aws.connect')}
                    </Button>
                    {close && (
                        <Button variant="link" formAction="none" onClick={close}>
                            {t('ui.cancel')}
                        </Button>
                    )}
                </SpaceBetween>
            </SpaceBetween>
        </form>
    );
}

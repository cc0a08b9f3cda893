import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { api, body } from '~/api/client';
import { useFlash } from '~/app/flash';
import { useText } from '~/app/intl';
import { useUrl } from '~/app/url';
import { Code } from '~/ui/Code';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { When } from '~/ui/When';
import { ActionDialog } from '../parts';
import { useSpan } from '../SourcesSection';
import { Accounts } from './Accounts';
import { ConnectionStatus } from './AwsSection';
import { Backfills } from './Backfills';
import { Connecting } from './Connecting';
import { ConnectionTest } from './ConnectionTest';
import { connectionsKey, useFresh } from './calls';
import { type Connection, draftOf, isDraft } from './connection';
import { DeadLetters } from './DeadLetters';

/** One connection: how to make it while it is a draft or is changed, then a test of it, how it does, and what came by it. */
export function ConnectionView({ connection }: { connection: Connection }) {
    const t = useText();
    const url = useUrl();
    const flash = useFlash();
    const fresh = useFresh();
    const client = useQueryClient();
    const [removing, setRemoving] = useState(false);
    const path = { id: connection.id };
    const params = { path, header: { 'If-Match': `"${connection.version}"` } };
    const test = useMutation({
        mutationFn: () => body(api.POST('/api/v1/aws/connections/{id}/test', { params: { path } })),
    });
    const pause = useMutation({
        mutationFn: () =>
            body(
                api.PUT('/api/v1/aws/connections/{id}', {
                    params,
                    body: { ...draftOf(connection), enabled: !connection.enabled },
                }),
            ),
        onSettled: fresh,
    });
    const draft = isDraft(connection);
    const changes = draft || url.get('edit') !== '';
    const free = !connection.is_configured;
    return (
        <SpaceBetween size="l">
            <Follow to="/settings/aws">{t('settings.aws.back')}</Follow>
            <Header
                variant="h1"
                description={<ConnectionStatus connection={connection} />}
                actions={
                    <SpaceBetween direction="horizontal" size="xs">
                        {free && <Button onClick={() => setRemoving(true)}>{t('settings.remove')}</Button>}
                        {free && !draft && (
                            <Button onClick={() => pause.mutate()} loading={pause.isPending}>
                                {t(connection.enabled ? 'settings.aws.pause' : 'settings.aws.resume')}
                            </Button>
                        )}
                        {free && !changes && (
                            <Button onClick={() => url.set({ edit: '1' }, { push: true })}>{t('settings.edit')}</Button>
                        )}
                        {!draft && (
                            <Button variant="primary" onClick={() => test.mutate()} loading={test.isPending}>
                                {t('settings.aws.test')}
                            </Button>
                        )}
                    </SpaceBetween>
                }
            >
                <span className="vg-wrap">{connection.name}</span>
            </Header>
            {pause.error && <ErrorBox error={pause.error} />}
            {connection.is_configured && <Alert type="info">{t('settings.aws.configured')}</Alert>}
            {changes && free && (
                <Connecting
                    connection={connection}
                    done={() => {
                        url.set({ edit: null });
                        test.mutate();
                    }}
                    close={draft ? undefined : () => url.set({ edit: null })}
                />
            )}
            {test.error && <ErrorBox error={test.error} retry={() => test.mutate()} />}
            {test.data && (
                <Alert
                    type={test.data.passed ? 'success' : 'error'}
                    header={t(test.data.passed ? 'settings.aws.test.passed' : 'settings.aws.test.failed')}
                    dismissible
                    dismissAriaLabel={t('ui.dismiss')}
                    onDismiss={() => test.reset()}
                >
                    <ConnectionTest connection={connection} test={test.data} />
                </Alert>
            )}
            {!draft && (
                <SpaceBetween size="l">
                    <How connection={connection} />
                    <Accounts connection={connection} />
                    <Backfills connection={connection} />
                    <DeadLetters connection={connection} />
                </SpaceBetween>
            )}
            {removing && (
                <ActionDialog
                    header={t('settings.aws.remove.ask', { name: connection.name })}
                    action={t('settings.remove')}
                    close={() => setRemoving(false)}
                    run={async () => {
                        await api.DELETE('/api/v1/aws/connections/{id}', { params });
                        flash.push({
                            type: 'success',
                            content: t('settings.aws.remove.done', { name: connection.name }),
                        });
                        url.set({ open: null });
                        // What belongs to it is not asked for again: it is gone.
                        await client.invalidateQueries({ queryKey: connectionsKey });
                    }}
                >
                    {t('settings.aws.remove.what', { count: connection.dead_letters })}
                </ActionDialog>
            )}
        </SpaceBetween>
    );
}

function How({ connection }: { connection: Connection }) {
    const t = useText();
    const intl = useIntl();
    const span = useSpan();
    const { status } = connection;
    const counts = ['messages', 'objects', 'failures', 'without_object', 'in_work', 'waiting', 'in_flight'] as const;
    const number = (value: number | null) => (value === null ? '–' : intl.formatNumber(value));
    return (
        <Container header={<Header variant="h2">{t('settings.aws.how')}</Header>}>
            <SpaceBetween size="m">
                {status?.error && (
                    <Alert type="error" header={t('settings.aws.error')}>
                        {status.error} <When time={status.error_at} />
                    </Alert>
                )}
                {status?.last_failure && (
                    <Alert type="warning" header={t('settings.aws.failure')}>
                        {status.last_failure} <When time={status.last_failure_at} />
                    </Alert>
                )}
                <KeyValuePairs
                    columns={4}
                    items={[
                        ...(status
                            ? [
                                  { label: t('settings.aws.last'), value: <When time={status.last_message} /> },
                                  { label: t('settings.sources.lag'), value: span(status.lag_seconds) },
                                  ...counts.map((what) => ({
                                      label: t(`settings.aws.${what}`),
                                      value: number(status[what]),
                                  })),
                              ]
                            : []),
                        {
                            label: t('settings.sources.source'),
                            value: (
                                <Follow to={`/settings/sources?open=${encodeURIComponent(connection.source)}`}>
                                    {t('settings.aws.health')}
                                </Follow>
                            ),
                        },
                        { label: t('settings.aws.queue'), value: <Code>{connection.queue_url}</Code> },
                        { label: t('settings.aws.role'), value: <Code>{connection.role_arn || '–'}</Code> },
                        { label: t('settings.aws.external'), value: <Code>{connection.external_id || '–'}</Code> },
                        { label: t('settings.created'), value: <When time={connection.created_at} /> },
                    ]}
                />
            </SpaceBetween>
        </Container>
    );
}

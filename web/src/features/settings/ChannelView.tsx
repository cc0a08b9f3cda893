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
import { useKindTexts } from './ChannelSettings';
import type { Channel } from './channel';
import { Deliveries } from './Deliveries';
import { ChannelState } from './IntegrationsSection';
import { ActionDialog } from './parts';

/** One channel: what it is, a test of it, what was sent. */
export function ChannelView({ channel }: { channel: Channel }) {
    const t = useText();
    const intl = useIntl();
    const url = useUrl();
    const texts = useKindTexts();
    const flash = useFlash();
    const client = useQueryClient();
    const [removing, setRemoving] = useState(false);
    const path = { id: channel.id };
    const params = { path, header: { 'If-Match': `"${channel.version}"` } };
    const test = useMutation({
        mutationFn: () => body(api.POST('/api/v1/channels/{id}/test', { params: { path } })),
    });
    const pause = useMutation({
        mutationFn: () =>
            api.PUT('/api/v1/channels/{id}', {
                params,
                body: {
                    name: channel.name,
                    kind: channel.kind,
                    settings: channel.settings as never,
                    severity_max: channel.severity_max,
                    filter: channel.filter,
                    enabled: !channel.enabled,
                },
            }),
        onSettled: () => client.invalidateQueries({ queryKey: ['channels'] }),
    });
    return (
        <SpaceBetween size="l">
            <Follow to="/settings/integrations">{t('settings.channel.back')}</Follow>
            <Container
                header={
                    <Header
                        variant="h2"
                        actions={
                            <SpaceBetween direction="horizontal" size="xs">
                                <Button onClick={() => setRemoving(true)}>{t('settings.remove')}</Button>
                                <Button onClick={() => pause.mutate()} loading={pause.isPending}>
                                    {t(channel.enabled ? 'settings.channel.pause' : 'settings.channel.resume')}
                                </Button>
                                <Button onClick={() => url.set({ edit: channel.id, open: null }, { push: true })}>
                                    {t('settings.edit')}
                                </Button>
                                <Button variant="primary" onClick={() => test.mutate()} loading={test.isPending}>
                                    {t('settings.channel.test')}
                                </Button>
                            </SpaceBetween>
                        }
                    >
                        <span className="vg-wrap">{channel.name}</span>
                    </Header>
                }
            >
                <SpaceBetween size="l">
                    {test.error && <ErrorBox error={test.error} />}
                    {pause.error && <ErrorBox error={pause.error} />}
                    {test.data && !test.isPending && (
                        <Alert
                            type={test.data.outcome === 'sent' ? 'success' : 'error'}
                            header={t(`settings.channel.test.${test.data.outcome}`)}
                            dismissible
                            dismissAriaLabel={t('ui.dismiss')}
                            onDismiss={() => test.reset()}
                        >
                            {test.data.outcome === 'sent' ? t('settings.channel.test.look') : test.data.error}
                        </Alert>
                    )}
                    <KeyValuePairs
                        columns={3}
                        items={[
                            { label: t('settings.state'), value: <ChannelState channel={channel} /> },
                            { label: t('settings.channel.kind'), value: texts.kind(channel.kind) },
                            { label: t('settings.created'), value: <When time={channel.created_at} /> },
                            {
                                label: t('settings.channel.takes'),
                                value: t(`settings.channel.severity.${channel.severity_max}`),
                            },
                            { label: t('settings.channel.waiting'), value: intl.formatNumber(channel.waiting) },
                            { label: t('settings.channel.letters'), value: intl.formatNumber(channel.dead) },
                            ...Object.entries(channel.settings).map(([name, value]) => ({
                                label: texts.label(channel.kind, name),
                                value: (
                                    <span className="vg-wrap">
                                        {Array.isArray(value)
                                            ? value.join(', ')
                                            : typeof value === 'boolean'
                                              ? t(value ? 'settings.yes' : 'settings.no')
                                              : String(value)}
                                    </span>
                                ),
                            })),
                            {
                                label: texts.label(channel.kind, 'secret'),
                                value: t(
                                    channel.has_secret ? 'settings.channel.secret.is' : 'settings.channel.secret.no',
                                ),
                            },
                        ]}
                    />
                    {channel.filter !== '' && (
                        <KeyValuePairs
                            items={[
                                { label: t('settings.channel.filter'), value: <Code block>{channel.filter}</Code> },
                            ]}
                        />
                    )}
                </SpaceBetween>
            </Container>
            <Deliveries channel={channel} />
            {removing && (
                <ActionDialog
                    header={t('settings.channel.remove.ask', { name: channel.name })}
                    action={t('settings.remove')}
                    close={() => setRemoving(false)}
                    run={async () => {
                        await api.DELETE('/api/v1/channels/{id}', { params });
                        flash.push({
                            type: 'success',
                            content: t('settings.channel.remove.done', { name: channel.name }),
                        });
                        url.set({ open: null });
                        await client.invalidateQueries({ queryKey: ['channels'] });
                    }}
                >
                    {t('settings.channel.remove.what', { count: channel.waiting + channel.dead })}
                </ActionDialog>
            )}
        </SpaceBetween>
    );
}

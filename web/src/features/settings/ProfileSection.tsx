import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, body, type Schemas } from '~/api/client';
import { useFlash } from '~/app/flash';
import { useText } from '~/app/intl';
import { useSession } from '~/app/session';
import { ErrorBox } from '~/ui/ErrorBox';
import { When } from '~/ui/When';
import { browserOf } from './browser';
import { useOrganisation } from './calls';
import { PasswordForm } from './PasswordForm';
import { PreferencesForm } from './PreferencesForm';
import { ActionDialog } from './parts';

type Session = Schemas['Session'];

export function ProfileSection() {
    const t = useText();
    const session = useSession();
    const organisation = useOrganisation();
    return (
        <SpaceBetween size="l">
            <Container header={<Header variant="h2">{t('settings.profile.you')}</Header>}>
                <KeyValuePairs
                    columns={3}
                    items={[
                        { label: t('settings.people.email'), value: session.who },
                        {
                            label: t('settings.people.role'),
                            value: (
                                <>
                                    {t(`role.${session.role}`)}
                                    <div className="vg-muted">{t(`settings.role.may.${session.role}`)}</div>
                                </>
                            ),
                        },
                        { label: t('settings.organisation'), value: organisation.data?.data.name ?? '–' },
                    ]}
                />
            </Container>
            <PreferencesForm />
            <PasswordForm />
            <Sessions />
        </SpaceBetween>
    );
}

function Sessions() {
    const t = useText();
    const flash = useFlash();
    const client = useQueryClient();
    const [ending, setEnding] = useState<Session | null>(null);
    const sessions = useQuery({
        queryKey: ['sessions'],
        queryFn: async () => (await body(api.GET('/api/v1/sessions'))).sessions,
    });
    if (sessions.error) return <ErrorBox error={sessions.error} retry={() => sessions.refetch()} />;
    return (
        <>
            <Table
                items={sessions.data ?? []}
                trackBy="id"
                loading={sessions.isLoading}
                loadingText={t('ui.loading')}
                wrapLines
                header={
                    <Header
                        variant="h2"
                        counter={sessions.data && `(${sessions.data.length})`}
                        description={t('settings.sessions.what')}
                    >
                        {t('settings.sessions')}
                    </Header>
                }
                columnDefinitions={[
                    {
                        id: 'browser',
                        header: t('settings.sessions.browser'),
                        isRowHeader: true,
                        minWidth: 160,
                        cell: (one) => <span title={one.user_agent}>{browserOf(one.user_agent) || '–'}</span>,
                    },
                    {
                        id: 'origin',
                        header: t('settings.sessions.from'),
                        cell: (one) => <span className="vg-wrap">{one.origin}</span>,
                    },
                    {
                        id: 'created',
                        header: t('settings.sessions.begun'),
                        cell: (one) => <When time={one.created_at} />,
                    },
                    {
                        id: 'seen',
                        header: t('settings.sessions.seen'),
                        cell: (one) => <When time={one.last_seen_at} />,
                    },
                    {
                        id: 'until',
                        header: t('settings.sessions.until'),
                        cell: (one) => <When time={one.expires_at} />,
                    },
                    {
                        id: 'end',
                        header: t('settings.actions'),
                        cell: (one) =>
                            one.current ? (
                                <StatusIndicator type="success">{t('settings.sessions.this')}</StatusIndicator>
                            ) : (
                                <Button
                                    variant="inline-link"
                                    wrapText={false}
                                    ariaLabel={t('settings.sessions.end.of', { browser: browserOf(one.user_agent) })}
                                    onClick={() => setEnding(one)}
                                >
                                    {t('settings.sessions.end')}
                                </Button>
                            ),
                    },
                ]}
            />
            {ending && (
                <ActionDialog
                    header={t('settings.sessions.ask')}
                    action={t('settings.sessions.end')}
                    close={() => setEnding(null)}
                    run={async () => {
                        await api.DELETE('/api/v1/sessions/{id}', { params: { path: { id: ending.id } } });
                        await client.invalidateQueries({ queryKey: ['sessions'] });
                        flash.push({ type: 'success', content: t('settings.sessions.ended') });
                        setEnding(null);
                    }}
                >
                    {t('settings.sessions.ask.what', {
                        browser: browserOf(ending.user_agent),
                        origin: ending.origin,
                    })}
                </ActionDialog>
            )}
        </>
    );
}

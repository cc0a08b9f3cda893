import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, body, type Schemas } from '~/api/client';
import { useFlash } from '~/app/flash';
import { useText } from '~/app/intl';
import type { Role } from '~/app/session';
import { useUrl } from '~/app/url';
import { Empty } from '~/ui/Empty';
import { ListTable } from '~/ui/ListTable';
import { When } from '~/ui/When';
import { useInvitations } from './calls';
import { roles } from './PeopleSection';
import { ActionDialog, Copyable, ShownOnce } from './parts';

type Invitation = Schemas['Invitation'];

export const invitationLink = (token: string, origin = globalThis.location.origin) => `${origin}/invitation#${token}`;

export function Invitations() {
    const t = useText();
    const flash = useFlash();
    const client = useQueryClient();
    const url = useUrl();
    const invitations = useInvitations();
    const [made, setMade] = useState<Schemas['NewInvitation'] | null>(null);
    const [revoking, setRevoking] = useState<Invitation | null>(null);
    const invite = <Button onClick={() => url.set({ invite: 1 })}>{t('settings.invite')}</Button>;
    return (
        <>
            <ListTable
                name="invitations"
                title={t('settings.invite.pending')}
                description={t('settings.invite.pending.what')}
                actions={invite}
                columns={[
                    {
                        id: 'email',
                        header: t('settings.people.email'),
                        cell: (one: Invitation) => one.email,
                        sort: (one) => one.email,
                        isRowHeader: true,
                        minWidth: 200,
                    },
                    {
                        id: 'role',
                        header: t('settings.people.role'),
                        cell: (one) => t(`role.${one.role}`),
                        sort: (one) => roles.indexOf(one.role),
                    },
                    {
                        id: 'by',
                        header: t('settings.created.by'),
                        cell: (one) => one.created_by,
                        sort: (one) => one.created_by,
                    },
                    {
                        id: 'until',
                        header: t('settings.invite.until'),
                        cell: (one) => <When time={one.expires_at} />,
                        sort: (one) => one.expires_at,
                    },
                    {
                        id: 'actions',
                        header: t('settings.actions'),
                        cell: (one) => (
                            <Button variant="inline-link" wrapText={false} onClick={() => setRevoking(one)}>
                                {t('settings.invite.revoke')}
                            </Button>
                        ),
                    },
                ]}
                items={invitations.data}
                error={invitations.error}
                retry={() => invitations.refetch()}
                id={(one) => one.id}
                text={(one) => one.email}
                placeholder={t('settings.people.find')}
                sorted="email"
                empty={<Empty title={t('settings.invite.none')} text={t('settings.invite.none.what')} />}
            />
            {url.get('invite') && (
                <Invite
                    close={() => url.set({ invite: null })}
                    done={(invitation) => {
                        url.set({ invite: null });
                        setMade(invitation);
                        client.invalidateQueries({ queryKey: ['invitations'] });
                    }}
                />
            )}
            {made && (
                <ShownOnce header={t('settings.invite.made', { email: made.email })} close={() => setMade(null)}>
                    <div>{t('settings.invite.made.what', { email: made.email })}</div>
                    <Copyable label={t('settings.invite.link')} text={invitationLink(made.token)} />
                </ShownOnce>
            )}
            {revoking && (
                <ActionDialog
                    header={t('settings.invite.revoke.ask', { email: revoking.email })}
                    action={t('settings.invite.revoke')}
                    close={() => setRevoking(null)}
                    run={async () => {
                        await api.DELETE('/api/v1/invitations/{id}', { params: { path: { id: revoking.id } } });
                        await client.invalidateQueries({ queryKey: ['invitations'] });
                        flash.push({ type: 'success', content: t('settings.invite.revoke.done') });
                        setRevoking(null);
                    }}
                >
                    {t('settings.invite.revoke.what')}
                </ActionDialog>
            )}
        </>
    );
}

function Invite({ close, done }: { close: () => void; done: (invitation: Schemas['NewInvitation']) => void }) {
    const t = useText();
    const [email, setEmail] = useState('');
    const [role, setRole] = useState<Role>('user');
    const good = /^[^\s@]+@[^\s@]+$/.test(email.trim());
    return (
        <ActionDialog
            header={t('settings.invite')}
            action={t('settings.invite.go')}
            disabled={!good}
            close={close}
            run={async () => done(await body(api.POST('/api/v1/invitations', { body: { email: email.trim(), role } })))}
        >
            <FormField label={t('settings.people.email')}>
                <Input
                    type="email"
                    value={email}
                    autoFocus
                    autoComplete={false}
                    onChange={({ detail }) => setEmail(detail.value)}
                />
            </FormField>
            <FormField label={t('settings.people.role')}>
                <RadioGroup
                    value={role}
                    items={roles.map((value) => ({
                        value,
                        label: t(`role.${value}`),
                        description: t(`settings.role.may.${value}`),
                    }))}
                    onChange={({ detail }) => setRole(detail.value as Role)}
                />
            </FormField>
            <Alert type="info">{t('settings.invite.how')}</Alert>
        </ActionDialog>
    );
}

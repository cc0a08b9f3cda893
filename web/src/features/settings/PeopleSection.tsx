import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Schemas } from '~/api/client';
import { useFlash } from '~/app/flash';
import { useText } from '~/app/intl';
import { type Role, useSession } from '~/app/session';
import { useProblem } from '~/ui/ErrorBox';
import { type Column, ListTable } from '~/ui/ListTable';
import { When } from '~/ui/When';
import { useUsers } from './calls';
import { Invitations } from './Invitations';
import { ActionDialog } from './parts';

type User = Schemas['User'];
export const roles: readonly Role[] = ['owner', 'user', 'reader'];

/** Whether the organisation would be without an owner who may sign in, were it not for this one. */
export function isLastOwner(user: User, users: readonly User[]): boolean {
    const is = (one: User) => one.role === 'owner' && !one.disabled;
    return is(user) && !users.some((one) => one.id !== user.id && is(one));
}

type Ask = { what: 'role'; user: User; role: Role } | { what: 'disable' | 'sessions' | 'remove'; user: User };

export function PeopleSection() {
    const t = useText();
    const session = useSession();
    const users = useUsers();
    const change = useChange();
    const [ask, setAsk] = useState<Ask | null>(null);
    const [chosen, setChosen] = useState<string | null>(null);
    const user = users.data?.find((one) => one.id === chosen) ?? null;
    const columns: Column<User>[] = [
        {
            id: 'email',
            header: t('settings.people.email'),
            cell: (user) => (
                <span className="vg-wrap">
                    {user.email}
                    {user.id === session.user && <span className="vg-muted"> ({t('settings.people.you')})</span>}
                </span>
            ),
            sort: (user) => user.email,
            isRowHeader: true,
            minWidth: 200,
        },
        {
            id: 'role',
            header: t('settings.people.role'),
            cell: (user) => t(`role.${user.role}`),
            sort: (user) => roles.indexOf(user.role),
        },
        {
            id: 'state',
            header: t('settings.state'),
            cell: (user) => (
                <StatusIndicator type={user.disabled ? 'stopped' : 'success'}>
                    {t(user.disabled ? 'settings.people.disabled' : 'settings.people.active')}
                </StatusIndicator>
            ),
            sort: (user) => Number(user.disabled),
        },
        {
            id: 'login',
            header: t('settings.people.login'),
            cell: (user) =>
                user.last_login_at ? <When time={user.last_login_at} /> : t('settings.people.login.never'),
            sort: (user) => user.last_login_at ?? null,
        },
        {
            id: 'created',
            header: t('settings.created'),
            cell: (user) => <When time={user.created_at} />,
            sort: (user) => user.created_at,
        },
    ];
    return (
        <SpaceBetween size="l">
            <ListTable
                level="h1"
                title={t('settings.people.title')}
                description={t('settings.people.what')}
                actions={
                    <Actions
                        user={user}
                        last={user !== null && isLastOwner(user, users.data ?? [])}
                        ask={setAsk}
                        enable={(one) => change(one, { disabled: false })}
                    />
                }
                selected={user}
                onSelect={(one) => setChosen(one?.id ?? null)}
                columns={columns}
                items={users.data}
                error={users.error}
                retry={() => users.refetch()}
                id={(user) => user.id}
                text={(user) => `${user.email} ${t(`role.${user.role}`)}`}
                placeholder={t('settings.people.find')}
                sorted="email"
                empty={null}
            />
            <Invitations />
            {ask && <Confirm ask={ask} close={() => setAsk(null)} change={change} />}
        </SpaceBetween>
    );
}

function Actions({
    user,
    last,
    ask,
    enable,
}: {
    user: User | null;
    last: boolean;
    ask: (ask: Ask) => void;
    enable: (user: User) => void;
}) {
    const t = useText();
    const kept = last ? { disabled: true, disabledReason: t('settings.people.last') } : {};
    return (
        <ButtonDropdown
            disabled={!user}
            disabledReason={t('settings.people.choose')}
            items={[
                ...roles.map((role) => ({
                    id: role,
                    text: t(`settings.people.make.${role}`),
                    ...(role === user?.role ? { disabled: true, disabledReason: t('settings.people.already') } : kept),
                })),
                user?.disabled
                    ? { id: 'enable', text: t('settings.people.enable') }
                    : { id: 'disable', text: t('settings.people.disable'), ...kept },
                { id: 'sessions', text: t('settings.people.sessions') },
                { id: 'remove', text: t('settings.people.remove'), ...kept },
            ]}
            onItemClick={({ detail: { id } }) => {
                if (!user) return;
                if (id === 'enable') enable(user);
                else if (id === 'disable' || id === 'sessions' || id === 'remove') ask({ what: id, user });
                else ask({ what: 'role', user, role: id as Role });
            }}
        >
            {t('settings.actions')}
        </ButtonDropdown>
    );
}

type Change = (user: User, body: { role?: Role; disabled?: boolean }) => Promise<void>;

/** Changes a user and offers to take it back. What fails is shown over the page. */
function useChange(): (user: User, body: Parameters<Change>[1], raise?: boolean) => Promise<void> {
    const t = useText();
    const flash = useFlash();
    const problem = useProblem();
    const client = useQueryClient();
    const change = async (user: User, body: Parameters<Change>[1], raise = false): Promise<void> => {
        try {
            const { data: after } = await api.PUT('/api/v1/users/{id}', {
                params: { path: { id: user.id }, header: { 'If-Match': `"${user.version}"` } },
                body,
            });
            flash.push({
                id: `user-${user.id}`,
                type: 'success',
                content: t('settings.people.changed', { email: user.email }),
                action: after && (
                    <Button onClick={() => change(after, { role: user.role, disabled: user.disabled })}>
                        {t('settings.undo')}
                    </Button>
                ),
            });
        } catch (failed) {
            if (raise) throw failed;
            const { header, text } = problem(failed);
            flash.push({ id: `user-${user.id}`, type: 'error', header, content: text });
        } finally {
            await client.invalidateQueries({ queryKey: ['users'] });
        }
    };
    return change;
}

function Confirm({ ask, close, change }: { ask: Ask; close: () => void; change: ReturnType<typeof useChange> }) {
    const t = useText();
    const flash = useFlash();
    const client = useQueryClient();
    const session = useSession();
    const { user } = ask;
    const path = { id: user.id };
    const told = (id: string) => flash.push({ type: 'success', content: t(id, { email: user.email }) });
    const run = async () => {
        if (ask.what === 'role') await change(user, { role: ask.role }, true);
        else if (ask.what === 'disable') await change(user, { disabled: true }, true);
        else if (ask.what === 'sessions') {
            await api.DELETE('/api/v1/users/{id}/sessions', { params: { path } });
            told('settings.people.sessions.done');
        } else {
            await api.DELETE('/api/v1/users/{id}', {
                params: { path, header: { 'If-Match': `"${user.version}"` } },
            });
            told('settings.people.remove.done');
            await client.invalidateQueries({ queryKey: ['users'] });
        }
        close();
    };
    const values = { email: user.email, role: ask.what === 'role' ? t(`role.${ask.role}`) : '' };
    return (
        <ActionDialog
            header={t(`settings.people.${ask.what}.ask`, values)}
            action={t(`settings.people.${ask.what}.go`)}
            run={run}
            close={close}
        >
            <div>{t(`settings.people.${ask.what}.what`, values)}</div>
            {user.id === session.user && <div>{t('settings.people.self')}</div>}
        </ActionDialog>
    );
}

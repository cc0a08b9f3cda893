import Badge from '@cloudscape-design/components/badge';
import Button from '@cloudscape-design/components/button';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Toggle from '@cloudscape-design/components/toggle';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Schemas } from '~/api/client';
import { useFlash } from '~/app/flash';
import { useText } from '~/app/intl';
import { useSession } from '~/app/session';
import { useUrl } from '~/app/url';
import { Code } from '~/ui/Code';
import { Empty } from '~/ui/Empty';
import { type Column, ListTable } from '~/ui/ListTable';
import { When } from '~/ui/When';
import { useKeyList, useUsers } from './calls';
import { firstCall } from './curl';
import { type MadeKey, NewKey } from './NewKey';
import { ActionDialog, Copyable, ShownOnce } from './parts';

type Key = Schemas['Key'];

export function KeysSection() {
    const t = useText();
    const url = useUrl();
    const client = useQueryClient();
    const keys = useKeyList();
    const users = useUsers();
    const [made, setMade] = useState<MadeKey | null>(null);
    const [revoking, setRevoking] = useState<Key | null>(null);
    const revoked = url.get('revoked') === '1';
    const emailOf = (id: string | null) => users.data?.find((one) => one.id === id)?.email ?? id;
    const make = (
        <Button variant="primary" onClick={() => url.set({ new: 'source' })}>
            {t('settings.keys.new')}
        </Button>
    );
    const columns: Column<Key>[] = [
        {
            id: 'name',
            header: t('settings.name'),
            cell: (key) => (
                <>
                    <span className="vg-wrap">{key.name}</span>
                    <div className="vg-muted">
                        <Code>{`…${key.hint}`}</Code>
                    </div>
                </>
            ),
            sort: (key) => key.name,
            isRowHeader: true,
            minWidth: 140,
        },
        {
            id: 'kind',
            header: t('settings.keys.kind'),
            cell: (key) => <Badge>{t(`settings.keys.${key.kind}`)}</Badge>,
            sort: (key) => key.kind,
        },
        {
            id: 'for',
            header: t('settings.keys.may'),
            cell: (key) =>
                key.kind === 'source'
                    ? t('settings.keys.may.source')
                    : key.kind === 'hawk'
                      ? t('settings.keys.may.hawk', { user: emailOf(key.user) ?? '' })
                      : t(`role.${key.role ?? 'reader'}`),
        },
        {
            id: 'created',
            header: t('settings.created'),
            cell: (key) => (
                <span title={key.created_by}>
                    <When time={key.created_at} />
                </span>
            ),
            sort: (key) => key.created_at,
        },
        {
            id: 'used',
            header: t('settings.keys.used'),
            cell: (key) =>
                key.last_used_at ? <When time={key.last_used_at} /> : <span>{t('settings.keys.unused')}</span>,
            sort: (key) => key.last_used_at,
        },
        {
            id: 'actions',
            header: t('settings.actions'),
            cell: (key) =>
                key.revoked_at ? (
                    <StatusIndicator type="stopped">
                        {t('settings.keys.revoked')} <When time={key.revoked_at} />
                    </StatusIndicator>
                ) : (
                    <Button variant="inline-link" wrapText={false} onClick={() => setRevoking(key)}>
                        {t('settings.keys.revoke')}
                    </Button>
                ),
        },
    ];
    return (
        <>
            <ListTable
                level="h1"
                title={t('settings.keys')}
                description={t('settings.keys.what')}
                actions={make}
                columns={columns}
                items={keys.data?.filter((key) => revoked || !key.revoked_at)}
                error={keys.error}
                retry={() => keys.refetch()}
                id={(key) => key.id}
                text={(key) => `${key.name} ${key.kind} ${key.hint} ${key.created_by}`}
                placeholder={t('settings.keys.find')}
                sorted="name"
                filters={
                    <Toggle
                        checked={revoked}
                        onChange={({ detail }) => url.set({ revoked: detail.checked ? 1 : null, page: null })}
                    >
                        {t('settings.keys.revoked.too')}
                    </Toggle>
                }
                empty={<Empty title={t('settings.keys.none')} text={t('settings.keys.none.what')} action={make} />}
            />
            {url.get('new') && (
                <NewKey
                    kind={url.get('new')}
                    close={() => url.set({ new: null })}
                    done={(key) => {
                        url.set({ new: null });
                        setMade(key);
                        client.invalidateQueries({ queryKey: ['keys'] });
                    }}
                />
            )}
            {made && <Made made={made} close={() => setMade(null)} />}
            {revoking && <Revoke revoking={revoking} close={() => setRevoking(null)} />}
        </>
    );
}

function Made({ made, close }: { made: MadeKey; close: () => void }) {
    const t = useText();
    const session = useSession();
    const line = firstCall(made.kind, made.token, globalThis.location.origin);
    return (
        <ShownOnce header={t('settings.keys.made', { name: made.name })} close={close}>
            <Copyable label={t('settings.keys.token')} text={made.token} />
            {line && <Copyable label={t(`settings.keys.first.${made.kind}`)} text={line} />}
            {made.kind === 'hawk' && (
                <>
                    <div>{t('settings.keys.hawk.how')}</div>
                    <KeyValuePairs
                        columns={2}
                        items={[
                            { label: t('settings.keys.hawk.id'), value: <Code>{made.user ?? ''}</Code> },
                            { label: t('settings.keys.hawk.ext'), value: <Code>{session.organisation}</Code> },
                        ]}
                    />
                </>
            )}
        </ShownOnce>
    );
}

function Revoke({ revoking, close }: { revoking: Key; close: () => void }) {
    const t = useText();
    const flash = useFlash();
    const client = useQueryClient();
    return (
        <ActionDialog
            header={t('settings.keys.revoke.ask', { name: revoking.name })}
            action={t('settings.keys.revoke')}
            close={close}
            run={async () => {
                await api.DELETE('/api/v1/keys/{id}', { params: { path: { id: revoking.id } } });
                await client.invalidateQueries({ queryKey: ['keys'] });
                flash.push({ type: 'success', content: t('settings.keys.revoke.done', { name: revoking.name }) });
                close();
            }}
        >
            <div>{t('settings.keys.revoke.what')}</div>
            {revoking.last_used_at && (
                <div>
                    {t('settings.keys.used')}: <When time={revoking.last_used_at} />
                </div>
            )}
        </ActionDialog>
    );
}

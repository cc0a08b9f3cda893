import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { api, body } from '~/api/client';
import { useText } from '~/app/intl';
import { link, useUrl } from '~/app/url';
import { CopyAs } from '~/ui/Copy';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { type Column, ListTable } from '~/ui/ListTable';
import { Loading } from '~/ui/Loading';
import { When } from '~/ui/When';
import { ActionDialog } from '../parts';
import { useSpan } from '../SourcesSection';
import { Completeness } from './Completeness';
import { ConnectionView } from './ConnectionView';
import { useConnections, useFresh } from './calls';
import { type Connection, type ConnectionState, stateOf } from './connection';

const indicator = {
    draft: 'pending',
    paused: 'stopped',
    failing: 'error',
    waiting: 'in-progress',
    taking: 'success',
} as const satisfies Record<ConnectionState, string>;

export function ConnectionStatus({ connection }: { connection: Connection }) {
    const t = useText();
    const state = stateOf(connection);
    return <StatusIndicator type={indicator[state]}>{t(`settings.aws.state.${state}`)}</StatusIndicator>;
}

/** The connections to AWS: a list, or one of them, as the URL says. */
export function AwsSection() {
    const t = useText();
    const url = useUrl();
    const connections = useConnections();
    const open = url.get('open');
    if (!open) return <List />;
    if (connections.error && !connections.data)
        return <ErrorBox error={connections.error} retry={() => connections.refetch()} />;
    if (!connections.data) return <Loading />;
    const connection = connections.data.find((one) => one.id === open);
    if (connection) return <ConnectionView key={connection.id} connection={connection} />;
    return (
        <Empty title={t('settings.aws.gone')} action={<Follow to="/settings/aws">{t('settings.aws.back')}</Follow>} />
    );
}

function List() {
    const t = useText();
    const intl = useIntl();
    const url = useUrl();
    const span = useSpan();
    const connections = useConnections();
    const add = (
        <Button variant="primary" onClick={() => url.set({ new: '1' }, { push: true })}>
            {t('settings.aws.add')}
        </Button>
    );
    const columns: Column<Connection>[] = [
        {
            id: 'name',
            header: t('settings.name'),
            cell: (one) => (
                <>
                    <Follow to={link('/settings/aws', { open: one.id })}>
                        <span className="vg-wrap">{one.name}</span>
                    </Follow>
                    <div className="vg-muted vg-wrap">{one.queue_url}</div>
                </>
            ),
            sort: (one) => one.name,
            isRowHeader: true,
            minWidth: 180,
        },
        {
            id: 'state',
            header: t('settings.state'),
            cell: (one) => <ConnectionStatus connection={one} />,
            sort: stateOf,
            minWidth: 150,
        },
        {
            id: 'message',
            header: t('settings.aws.last'),
            cell: ({ status }) => (
                <>
                    <When time={status?.last_message} />
                    {status?.lag_seconds != null && (
                        <div className="vg-muted">
                            {t('settings.sources.behind', { lag: span(status.lag_seconds) })}
                        </div>
                    )}
                </>
            ),
            sort: ({ status }) => status?.last_message ?? null,
            minWidth: 140,
        },
        {
            id: 'waiting',
            header: t('settings.aws.waiting'),
            cell: ({ status }) => (status?.waiting == null ? '–' : intl.formatNumber(status.waiting)),
            sort: ({ status }) => status?.waiting ?? null,
        },
        {
            id: 'dead',
            header: t('settings.aws.dead'),
            cell: (one) => intl.formatNumber(one.dead_letters),
            sort: (one) => one.dead_letters,
        },
    ];
    return (
        <SpaceBetween size="l">
            <ListTable
                level="h1"
                title={t('settings.aws')}
                description={t('settings.aws.what')}
                actions={
                    <SpaceBetween direction="horizontal" size="xs">
                        <CopyAs call={{ path: '/api/v1/aws/connections' }} json={connections.data} />
                        {add}
                    </SpaceBetween>
                }
                columns={columns}
                items={connections.data}
                error={connections.error}
                retry={() => connections.refetch()}
                id={(one) => one.id}
                text={(one) => `${one.name} ${one.queue_url} ${one.role_arn}`}
                placeholder={t('settings.aws.find')}
                sorted="name"
                empty={<Empty title={t('settings.aws.none')} text={t('settings.aws.none.what')} action={add} />}
            />
            <Completeness />
            {url.get('new') && <NewConnection close={() => url.set({ new: null })} />}
        </SpaceBetween>
    );
}

/** A name is all that an external id needs; the rest comes of the template. */
function NewConnection({ close }: { close: () => void }) {
    const t = useText();
    const url = useUrl();
    const fresh = useFresh();
    const [name, setName] = useState('');
    return (
        <ActionDialog
            header={t('settings.aws.add')}
            action={t('settings.aws.add.go')}
            disabled={!name.trim()}
            close={close}
            run={async () => {
                const made = await body(
                    api.POST('/api/v1/aws/connections', { body: { name: name.trim(), enabled: false } }),
                );
                await fresh();
                url.set({ new: null, open: made.id });
            }}
        >
            <FormField label={t('settings.name')} description={t('settings.aws.name.what')}>
                <Input value={name} autoFocus autoComplete={false} onChange={({ detail }) => setName(detail.value)} />
            </FormField>
        </ActionDialog>
    );
}

import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
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
import { ChannelForm } from './ChannelForm';
import { useKindTexts } from './ChannelSettings';
import { ChannelView } from './ChannelView';
import { useChannels } from './calls';
import { type Channel, placeOf } from './channel';

export function ChannelState({ channel }: { channel: Channel }) {
    const t = useText();
    const state = !channel.enabled ? 'paused' : channel.dead > 0 ? 'dead' : 'sending';
    const type = { paused: 'stopped', dead: 'error', sending: 'success' } as const;
    return (
        <StatusIndicator type={type[state]}>{t(`settings.channel.${state}`, { count: channel.dead })}</StatusIndicator>
    );
}

/** The channels: a list, one of them, or the form of one, as the URL says. */
export function IntegrationsSection() {
    const t = useText();
    const url = useUrl();
    const channels = useChannels();
    const kinds = useQuery({
        queryKey: ['channel-kinds'],
        queryFn: () => body(api.GET('/api/v1/channels/kinds')),
        staleTime: Number.POSITIVE_INFINITY,
    });
    const error = channels.error ?? kinds.error;
    if (error && !(channels.data && kinds.data))
        return (
            <ErrorBox
                error={error}
                retry={() => {
                    channels.refetch();
                    kinds.refetch();
                }}
            />
        );
    const [open, edit, kind] = [url.get('open'), url.get('edit'), url.get('new')];
    if (!open && !edit && !kind) return <List />;
    if (!channels.data || !kinds.data) return <Loading />;
    const channel = channels.data.find((one) => one.id === (edit || open));
    if (!kind && !channel)
        return (
            <Empty
                title={t('settings.channel.gone')}
                action={<Follow to="/settings/integrations">{t('settings.channel.back')}</Follow>}
            />
        );
    if (kind || edit)
        return (
            <ChannelForm
                key={edit || 'new'}
                kinds={kinds.data}
                before={edit ? channel! : null}
                kind={kind}
                setKind={(name) => url.set({ new: name })}
                close={() => url.set({ new: null, edit: null, open: edit || null })}
                done={(saved) => url.set({ new: null, edit: null, open: saved.id })}
            />
        );
    return <ChannelView key={channel!.id} channel={channel!} />;
}

function List() {
    const t = useText();
    const intl = useIntl();
    const url = useUrl();
    const texts = useKindTexts();
    const channels = useChannels();
    const add = (
        <Button variant="primary" onClick={() => url.set({ new: 'webhook' }, { push: true })}>
            {t('settings.channel.new')}
        </Button>
    );
    const columns: Column<Channel>[] = [
        {
            id: 'name',
            header: t('settings.name'),
            cell: (one) => (
                <>
                    <Follow to={link('/settings/integrations', { open: one.id })}>
                        <span className="vg-wrap">{one.name}</span>
                    </Follow>
                    <div className="vg-muted">{texts.kind(one.kind)}</div>
                </>
            ),
            sort: (one) => one.name,
            isRowHeader: true,
            minWidth: 140,
        },
        {
            id: 'place',
            header: t('settings.channel.place'),
            cell: (one) => <span className="vg-wrap">{placeOf(one) || t('settings.channel.place.secret')}</span>,
            minWidth: 180,
        },
        {
            id: 'severity',
            header: t('settings.channel.takes'),
            cell: (one) => (
                <>
                    {t(`settings.channel.severity.${one.severity_max}`)}
                    {one.filter && <div className="vg-muted">{t('settings.channel.filtered')}</div>}
                </>
            ),
            sort: (one) => one.severity_max,
        },
        { id: 'state', header: t('settings.state'), cell: (one) => <ChannelState channel={one} />, minWidth: 150 },
        {
            id: 'waiting',
            header: t('settings.channel.waiting'),
            cell: (one) => intl.formatNumber(one.waiting),
            sort: (one) => one.waiting,
        },
    ];
    return (
        <ListTable
            title={t('settings.channel.list')}
            description={t('settings.channel.list.what')}
            actions={
                <SpaceBetween direction="horizontal" size="xs">
                    <CopyAs call={{ path: '/api/v1/channels' }} json={channels.data} />
                    {add}
                </SpaceBetween>
            }
            columns={columns}
            items={channels.data}
            error={channels.error}
            retry={() => channels.refetch()}
            id={(one) => one.id}
            text={(one) => `${one.name} ${texts.kind(one.kind)} ${placeOf(one)}`}
            placeholder={t('settings.channel.find')}
            sorted="name"
            empty={<Empty title={t('settings.channel.none')} text={t('settings.channel.none.what')} action={add} />}
        />
    );
}

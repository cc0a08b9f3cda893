import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, body, type Schemas } from '~/api/client';
import { useFlash } from '~/app/flash';
import { useText } from '~/app/intl';
import { useUrl } from '~/app/url';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { When } from '~/ui/When';
import type { Channel } from './channel';

type State = Schemas['Delivery']['state'];
const states: readonly State[] = ['waiting', 'sent', 'dead'];
const indicator = { waiting: 'pending', sent: 'success', dead: 'error' } as const;

/** What was put into a channel, and how that ended. */
export function Deliveries({ channel }: { channel: Channel }) {
    const t = useText();
    const url = useUrl();
    const flash = useFlash();
    const client = useQueryClient();
    const state = states.find((one) => one === url.get('state'));
    const path = { id: channel.id };
    const list = useInfiniteQuery({
        queryKey: ['deliveries', channel.id, state ?? 'all'],
        queryFn: ({ pageParam }) =>
            body(
                api.GET('/api/v1/channels/{id}/deliveries', {
                    params: { path, query: { state, limit: 50, ...(pageParam && { cursor: pageParam }) } },
                }),
            ),
        initialPageParam: '',
        getNextPageParam: (last) => last.next ?? undefined,
        refetchInterval: 5_000,
    });
    const fresh = () => {
        client.invalidateQueries({ queryKey: ['deliveries'] });
        client.invalidateQueries({ queryKey: ['channels'] });
    };
    const again = useMutation({
        mutationFn: (id: string) => api.POST('/api/v1/deliveries/{id}/retry', { params: { path: { id } } }),
        onSettled: fresh,
    });
    const allAgain = useMutation({
        mutationFn: () => body(api.POST('/api/v1/channels/{id}/retry', { params: { path } })),
        onSuccess: ({ count }) => flash.push({ type: 'success', content: t('settings.deliveries.again', { count }) }),
        onSettled: fresh,
    });
    const error = list.error ?? again.error ?? allAgain.error;
    const items = list.data?.pages.flatMap((page) => page.deliveries) ?? [];
    return (
        <SpaceBetween size="s">
            {error && <ErrorBox error={error} retry={() => list.refetch()} />}
            <Table
                items={items}
                trackBy="id"
                loading={list.isLoading}
                loadingText={t('ui.loading')}
                wrapLines
                header={
                    <Header
                        variant="h2"
                        description={t('settings.deliveries.what')}
                        actions={
                            channel.dead > 0 && (
                                <Button onClick={() => allAgain.mutate()} loading={allAgain.isPending}>
                                    {t('settings.deliveries.retry.all', { count: channel.dead })}
                                </Button>
                            )
                        }
                    >
                        {t('settings.deliveries')}
                    </Header>
                }
                filter={
                    <SegmentedControl
                        label={t('settings.state')}
                        selectedId={state ?? 'all'}
                        options={[
                            { id: 'all', text: t('settings.deliveries.all') },
                            ...states.map((id) => ({ id, text: t(`settings.deliveries.${id}`) })),
                        ]}
                        onChange={({ detail }) =>
                            url.set({ state: detail.selectedId === 'all' ? null : detail.selectedId })
                        }
                    />
                }
                columnDefinitions={[
                    {
                        id: 'title',
                        header: t('settings.deliveries.alert'),
                        cell: (one) => (
                            <Follow to={`/alerts/${encodeURIComponent(one.alert)}`}>
                                <span className="vg-wrap">{one.title || one.alert}</span>
                            </Follow>
                        ),
                        isRowHeader: true,
                        minWidth: 180,
                    },
                    {
                        id: 'state',
                        header: t('settings.state'),
                        minWidth: 150,
                        cell: (one) => (
                            <StatusIndicator type={indicator[one.state]} wrapText={false}>
                                {t(`settings.deliveries.${one.state}`)}
                            </StatusIndicator>
                        ),
                    },
                    {
                        id: 'error',
                        header: t('settings.deliveries.error'),
                        cell: (one) => (
                            <>
                                <span className="vg-wrap">{one.last_error || '–'}</span>
                                <div className="vg-muted">
                                    {t('settings.deliveries.attempts', { count: one.attempts })}
                                </div>
                            </>
                        ),
                        minWidth: 160,
                    },
                    {
                        id: 'created',
                        header: t('settings.deliveries.put'),
                        minWidth: 100,
                        cell: (one) => <When time={one.created_at} />,
                    },
                    {
                        id: 'ended',
                        header: t('settings.deliveries.ended'),
                        minWidth: 120,
                        cell: (one) =>
                            one.state === 'dead' ? (
                                <Button
                                    variant="inline-link"
                                    wrapText={false}
                                    loading={again.isPending && again.variables === one.id}
                                    ariaLabel={t('settings.deliveries.retry.of', { title: one.title })}
                                    onClick={() => again.mutate(one.id)}
                                >
                                    {t('settings.deliveries.retry')}
                                </Button>
                            ) : (
                                <When time={one.sent_at ?? one.next_at} />
                            ),
                    },
                ]}
                empty={
                    <Empty
                        title={t(state ? 'settings.deliveries.none.state' : 'settings.deliveries.none')}
                        text={state ? undefined : t('settings.deliveries.none.what')}
                    />
                }
                footer={
                    list.hasNextPage && (
                        <Button onClick={() => list.fetchNextPage()} loading={list.isFetchingNextPage}>
                            {t('settings.more')}
                        </Button>
                    )
                }
            />
        </SpaceBetween>
    );
}

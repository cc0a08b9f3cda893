import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { api, body, type Schemas } from '~/api/client';
import { useFlash } from '~/app/flash';
import { useText } from '~/app/intl';
import { Code } from '~/ui/Code';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { When } from '~/ui/When';
import { useFresh } from './calls';
import type { Connection } from './connection';

type Letter = Schemas['AwsDeadLetter'];

/** What could not be taken in, why, and another try. */
export function DeadLetters({ connection }: { connection: Connection }) {
    const t = useText();
    const flash = useFlash();
    const fresh = useFresh();
    const path = { id: connection.id };
    const list = useInfiniteQuery({
        queryKey: ['aws-dead-letters', connection.id],
        queryFn: ({ pageParam }) =>
            body(
                api.GET('/api/v1/aws/connections/{id}/dead-letters', {
                    params: { path, query: { limit: 50, ...(pageParam && { cursor: pageParam }) } },
                }),
            ),
        initialPageParam: '',
        getNextPageParam: (last) => last.next ?? undefined,
        refetchInterval: 15_000,
    });
    const again = useMutation({
        mutationFn: (letter: string) =>
            api.POST('/api/v1/aws/connections/{id}/dead-letters/{letter}/retry', {
                params: { path: { ...path, letter } },
            }),
        onSettled: fresh,
    });
    const forget = useMutation({
        mutationFn: (letter: string) =>
            api.DELETE('/api/v1/aws/connections/{id}/dead-letters/{letter}', { params: { path: { ...path, letter } } }),
        onSettled: fresh,
    });
    const allAgain = useMutation({
        mutationFn: () => body(api.POST('/api/v1/aws/connections/{id}/dead-letters/retry', { params: { path } })),
        onSuccess: ({ count }) => flash.push({ type: 'success', content: t('settings.aws.letters.again', { count }) }),
        onSettled: fresh,
    });
    const error = list.error ?? again.error ?? forget.error ?? allAgain.error;
    const items = list.data?.pages.flatMap((page) => page.dead_letters) ?? [];
    const what = (one: Letter) => (one.kind === 'object' ? `s3://${one.bucket}/${one.key}` : one.body);
    return (
        <SpaceBetween size="s">
            {error && <ErrorBox error={error} retry={() => list.refetch()} />}
            <Table
                items={items}
                loading={list.isLoading}
                loadingText={t('ui.loading')}
                trackBy="id"
                wrapLines
                header={
                    <Header
                        variant="h2"
                        counter={`(${connection.dead_letters})`}
                        description={t('settings.aws.letters.what')}
                        actions={
                            <Button
                                disabled={items.length === 0}
                                loading={allAgain.isPending}
                                onClick={() => allAgain.mutate()}
                            >
                                {t('settings.aws.letters.all')}
                            </Button>
                        }
                    >
                        {t('settings.aws.dead')}
                    </Header>
                }
                columnDefinitions={[
                    {
                        id: 'what',
                        header: t('settings.aws.letter'),
                        cell: (one) => (
                            <span className="vg-wrap">
                                <Code>{what(one)}</Code>
                            </span>
                        ),
                        isRowHeader: true,
                    },
                    {
                        id: 'reason',
                        header: t('settings.aws.reason'),
                        cell: (one) => <span className="vg-wrap">{one.reason}</span>,
                    },
                    {
                        id: 'last',
                        header: t('settings.aws.tried'),
                        cell: (one) => (
                            <>
                                <When time={one.last_at} />
                                <div className="vg-muted">{t('settings.aws.attempts', { count: one.attempts })}</div>
                            </>
                        ),
                        width: 170,
                    },
                    {
                        id: 'act',
                        header: t('settings.actions'),
                        cell: (one) => (
                            <SpaceBetween direction="horizontal" size="s">
                                <Button
                                    variant="inline-link"
                                    disabled={one.is_retried}
                                    ariaLabel={t('settings.aws.letter.again.of', { what: what(one) })}
                                    onClick={() => again.mutate(one.id)}
                                >
                                    {t(one.is_retried ? 'settings.aws.letter.comes' : 'settings.aws.letter.again')}
                                </Button>
                                <Button
                                    variant="inline-link"
                                    ariaLabel={t('settings.aws.letter.forget.of', { what: what(one) })}
                                    onClick={() => forget.mutate(one.id)}
                                >
                                    {t('settings.aws.letter.forget')}
                                </Button>
                            </SpaceBetween>
                        ),
                        width: 190,
                    },
                ]}
                empty={<Empty title={t('settings.aws.letters.none')} />}
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

import Button from '@cloudscape-design/components/button';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Modal from '@cloudscape-design/components/modal';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useIntl } from 'react-intl';
import { useText } from '~/app/intl';
import { rangeOf, rangePatch } from '~/app/range';
import { useUrl } from '~/app/url';
import { Code } from '~/ui/Code';
import { CopyAs } from '~/ui/Copy';
import { Empty } from '~/ui/Empty';
import { Follow } from '~/ui/Follow';
import { type Column, ListTable } from '~/ui/ListTable';
import { TimeRange } from '~/ui/TimeRange';
import { When } from '~/ui/When';
import { actionId, askedAtOnce, type Difference, differences, entriesOf, pathOf, useAsked } from './audit';
import { browserOf } from './browser';
import { useChannels, useKeyList, useUsers } from './calls';

/** Differences that a row shows. */
const shownMax = 2;

type Entry = Awaited<ReturnType<typeof entriesOf>>['entries'][number];

export function AuditSection() {
    const t = useText();
    const { messages } = useIntl();
    const url = useUrl();
    const nameOf = useSubjects();
    const [who, action] = [url.get('who'), url.get('action')];
    const timed = url.params.has('range') || (url.params.has('from') && url.params.has('until'));
    const range = timed ? rangeOf(url.params, '7d') : null;
    const query = useAsked({ who, action, range });
    const path = pathOf(query);
    const log = useInfiniteQuery({
        queryKey: ['audit', 'pages', query],
        queryFn: ({ pageParam, signal }) => entriesOf({ ...query, limit: askedAtOnce, cursor: pageParam }, signal),
        initialPageParam: undefined as string | undefined,
        getNextPageParam: (page) => page.next ?? undefined,
        placeholderData: keepPreviousData,
    });
    // What can be chosen is what the latest entries have, whatever is chosen now.
    const latest = useQuery({
        queryKey: ['audit', 'latest'],
        queryFn: async ({ signal }) => (await entriesOf({ limit: 1000 }, signal)).entries,
    });
    const did = (entry: string) => (messages[actionId(entry)] ? t(actionId(entry)) : entry);
    const from = (origin: string) => (origin === 'command line' ? t('settings.audit.command-line') : origin);
    const pages = log.data?.pages;
    const items = useMemo(() => pages?.flatMap((page) => page.entries), [pages]);
    const opened = items?.find((one) => one.id === url.get('open'));
    const narrowed = Boolean(who || action || range);
    const columns: Column<Entry>[] = [
        {
            id: 'time',
            header: t('ui.time'),
            cell: (one) => <When time={one.time} as="short" />,
            sort: (one) => one.time,
            minWidth: 110,
        },
        {
            id: 'who',
            header: t('settings.audit.who'),
            cell: (one) => (
                <span className="vg-wrap">
                    {one.who}
                    <div className="vg-muted">{from(one.origin)}</div>
                </span>
            ),
            sort: (one) => one.who,
            minWidth: 215,
        },
        {
            id: 'action',
            header: t('settings.audit.what'),
            cell: (one) => (
                <>
                    <Button variant="inline-link" onClick={() => url.set({ open: one.id })}>
                        {did(one.action)}
                    </Button>
                    {nameOf(one.subject) !== one.who && <div className="vg-muted vg-wrap">{nameOf(one.subject)}</div>}
                </>
            ),
            sort: (one) => did(one.action),
            isRowHeader: true,
            minWidth: 150,
        },
        {
            id: 'change',
            header: t('settings.audit.change'),
            cell: (one) => <Summary entry={one} />,
            minWidth: 200,
        },
    ];
    return (
        <>
            <ListTable
                level="h1"
                title={t('settings.audit')}
                description={t('settings.audit.about')}
                actions={<CopyAs call={{ path }} json={items} />}
                more={log.hasNextPage ? log.fetchNextPage : undefined}
                asking={log.isFetching}
                columns={columns}
                items={items}
                error={log.error}
                retry={() => log.refetch()}
                id={(one) => one.id}
                text={(one) =>
                    [
                        one.who,
                        from(one.origin),
                        did(one.action),
                        nameOf(one.subject),
                        one.subject,
                        one.before,
                        one.after,
                    ].join(' ')
                }
                placeholder={t('settings.audit.find')}
                sorted="-time"
                filters={
                    <>
                        <Choice name="who" all={latest.data?.map((one) => one.who)} text={(value) => value} />
                        <Choice name="action" all={latest.data?.map((one) => one.action)} text={did} />
                        <TimeRange
                            value={range}
                            onChange={(chosen) => url.set({ ...rangePatch(chosen), page: null })}
                            onClear={() => url.set({ range: null, from: null, until: null, page: null })}
                            none={t('settings.audit.any-time')}
                        />
                    </>
                }
                filtered={narrowed}
                footer={
                    url.get('q') !== '' &&
                    log.hasNextPage && (
                        <SpaceBetween direction="horizontal" size="xs" alignItems="center">
                            <span>{t('settings.audit.searched', { count: items?.length ?? 0 })}</span>
                            <Button loading={log.isFetching} onClick={() => log.fetchNextPage()}>
                                {t('settings.audit.older')}
                            </Button>
                        </SpaceBetween>
                    )
                }
                empty={
                    <Empty
                        title={t('settings.audit.none')}
                        action={
                            narrowed && (
                                <Button
                                    onClick={() =>
                                        url.set({ who: null, action: null, range: null, from: null, until: null })
                                    }
                                >
                                    {t('settings.audit.all')}
                                </Button>
                            )
                        }
                    />
                }
            />
            {opened && (
                <Modal visible size="large" header={did(opened.action)} onDismiss={() => url.set({ open: null })}>
                    <SpaceBetween size="l">
                        <KeyValuePairs
                            columns={2}
                            items={[
                                { label: t('ui.time'), value: <When time={opened.time} as="absolute" /> },
                                { label: t('settings.audit.who'), value: opened.who },
                                { label: t('settings.audit.from'), value: from(opened.origin) || '–' },
                                {
                                    label: t('settings.audit.subject'),
                                    value: (
                                        <>
                                            {nameOf(opened.subject) !== opened.subject && (
                                                <div>{nameOf(opened.subject)}</div>
                                            )}
                                            <Code>{opened.subject}</Code>
                                            {/^(rule|settings|tags) /.test(opened.action) && (
                                                <div>
                                                    <Follow to={`/rules/${encodeURIComponent(opened.subject)}`}>
                                                        {t('settings.audit.rule')}
                                                    </Follow>
                                                </div>
                                            )}
                                        </>
                                    ),
                                },
                            ]}
                        />
                        <Differences all={differences(opened.before, opened.after)} />
                    </SpaceBetween>
                </Modal>
            )}
        </>
    );
}

/** One of the values that stand in the latest entries, or all. */
function Choice({
    name,
    all,
    text,
}: {
    name: 'who' | 'action';
    all: string[] | undefined;
    text: (one: string) => string;
}) {
    const t = useText();
    const url = useUrl();
    const every = { value: '', label: t(`settings.audit.${name}.all`) };
    const options = [
        every,
        ...[...new Set([...(all ?? []), url.get(name)].filter(Boolean))]
            .map((value) => ({ value, label: text(value) }))
            .sort((a, b) => a.label.localeCompare(b.label)),
    ];
    return (
        <Select
            ariaLabel={t(`settings.audit.${name}.label`)}
            selectedOption={options.find((one) => one.value === url.get(name)) ?? every}
            options={options}
            filteringType={options.length > 10 ? 'auto' : 'none'}
            onChange={({ detail }) => url.set({ [name]: detail.selectedOption.value, page: null })}
        />
    );
}

/** Names of what entries speak of, where they are known: users, keys, channels. */
function useSubjects(): (id: string) => string {
    const users = useUsers();
    const keys = useKeyList();
    const channels = useChannels();
    const names = new Map<string, string>([
        ...(users.data ?? []).map((one) => [one.id, one.email] as const),
        ...(keys.data ?? []).map((one) => [one.id, one.name] as const),
        ...(channels.data ?? []).map((one) => [one.id, one.name] as const),
    ]);
    return (id) => names.get(id) ?? id;
}

function Summary({ entry }: { entry: Entry }) {
    const t = useText();
    const all = differences(entry.before, entry.after);
    // Of a sign-in the browser says more than the ids of its session.
    const agent = all.find((one) => one.name === 'user_agent')?.after;
    if (agent) return <>{browserOf(agent)}</>;
    if (all.length === 0) return <>–</>;
    const cut = (value: string) => (value.length > 60 ? `${value.slice(0, 60)}…` : value);
    return (
        <div className="vg-diff-short">
            {all.slice(0, shownMax).map((one) => (
                <div key={one.name} className="vg-wrap">
                    {one.name && <span className="vg-muted">{one.name}: </span>}
                    {one.before !== null && <del>{cut(one.before)}</del>}{' '}
                    {one.after !== null && <ins>{cut(one.after)}</ins>}
                </div>
            ))}
            {all.length > shownMax && (
                <div className="vg-muted">{t('settings.audit.more', { count: all.length - shownMax })}</div>
            )}
        </div>
    );
}

function Differences({ all }: { all: Difference[] }) {
    const t = useText();
    if (all.length === 0) return <div className="vg-muted">{t('settings.audit.same')}</div>;
    return (
        <dl className="vg-diff">
            <div className="vg-diff-head">
                <dt>{t('settings.audit.field')}</dt>
                <dd>{t('settings.audit.before')}</dd>
                <dd>{t('settings.audit.after')}</dd>
            </div>
            {all.map((one) => (
                <div key={one.name}>
                    <dt>{one.name || '–'}</dt>
                    <dd>{one.before === null ? '–' : <del>{one.before}</del>}</dd>
                    <dd>{one.after === null ? '–' : <ins>{one.after}</ins>}</dd>
                </div>
            ))}
        </dl>
    );
}

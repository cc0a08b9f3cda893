import Button from '@cloudscape-design/components/button';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Modal from '@cloudscape-design/components/modal';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useIntl } from 'react-intl';
import { api, body } from '~/api/client';
import { useText } from '~/app/intl';
import { useUrl } from '~/app/url';
import { Code } from '~/ui/Code';
import { CopyAs } from '~/ui/Copy';
import { Empty } from '~/ui/Empty';
import { Follow } from '~/ui/Follow';
import { type Column, ListTable } from '~/ui/ListTable';
import { When } from '~/ui/When';
import { actionId, type Difference, differences } from './audit';
import { browserOf } from './browser';
import { useChannels, useKeyList, useUsers } from './calls';

/** How many entries are asked for, step by step; the last is all that the server gives. */
const steps = [200, 500, 1000] as const;
/** Differences that a row shows. */
const shownMax = 2;

interface Entry {
    time: string;
    who: string;
    origin: string;
    action: string;
    subject: string;
    before: string;
    after: string;
}

export function AuditSection() {
    const t = useText();
    const { messages } = useIntl();
    const url = useUrl();
    const nameOf = useSubjects();
    const limit = steps.find((one) => one === Number(url.get('limit'))) ?? steps[0];
    const [who, action] = [url.get('who'), url.get('action')];
    const path = `/api/v1/audit?limit=${limit}`;
    const log = useQuery({
        queryKey: ['audit', limit],
        queryFn: async () => (await body(api.GET('/api/v1/audit', { params: { query: { limit } } }))).entries,
        placeholderData: (before) => before,
    });
    const did = (entry: string) => (messages[actionId(entry)] ? t(actionId(entry)) : entry);
    const from = (origin: string) => (origin === 'command line' ? t('settings.audit.command-line') : origin);
    const items = log.data?.filter((one) => (!who || one.who === who) && (!action || one.action === action));
    const opened = log.data?.find((one) => one.time === url.get('open'));
    const longer = steps.find((one) => one > limit);
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
                    <Button variant="inline-link" onClick={() => url.set({ open: one.time })}>
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
                description={t('settings.audit.about', { limit })}
                actions={
                    <SpaceBetween direction="horizontal" size="xs">
                        <CopyAs call={{ path }} json={items} />
                        {longer && (log.data?.length ?? 0) >= limit && (
                            <Button onClick={() => url.set({ limit: longer })} loading={log.isFetching}>
                                {t('settings.audit.longer', { limit: longer })}
                            </Button>
                        )}
                    </SpaceBetween>
                }
                columns={columns}
                items={items}
                error={log.error}
                retry={() => log.refetch()}
                id={(one) => `${one.time} ${one.action} ${one.subject}`}
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
                        <Choice name="who" all={log.data?.map((one) => one.who)} text={(value) => value} />
                        <Choice name="action" all={log.data?.map((one) => one.action)} text={did} />
                    </>
                }
                empty={
                    <Empty
                        title={t('settings.audit.none')}
                        action={
                            (who || action) && (
                                <Button onClick={() => url.set({ who: null, action: null })}>
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

/** One of the values that stand in the entries, or all. */
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
        ...[...new Set(all)]
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

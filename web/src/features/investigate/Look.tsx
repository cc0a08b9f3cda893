import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import SplitPanel from '@cloudscape-design/components/split-panel';
import Tabs from '@cloudscape-design/components/tabs';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useNavigate } from 'react-router';
import type { Schemas } from '~/api/client';
import { alertQuery } from '~/api/queries';
import { useText } from '~/app/intl';
import { useKeys } from '~/app/keys';
import { Page } from '~/app/page';
import { bounds, type Range, rangePatch } from '~/app/range';
import { link, useUrl } from '~/app/url';
import { eventQuery } from '~/features/events/search';
import { CopyAs } from '~/ui/Copy';
import type { Pin } from '~/ui/cases';
import { ErrorBox } from '~/ui/ErrorBox';
import { EventDetails } from '~/ui/EventDetails';
import { Follow } from '~/ui/Follow';
import { Json } from '~/ui/Json';
import { Loading } from '~/ui/Loading';
import { PinToCase } from '~/ui/PinToCase';
import { Severity } from '~/ui/Severity';
import { TimeRange } from '~/ui/TimeRange';
import { When } from '~/ui/When';
import type { Span } from './data';
import { IdentityTab } from './IdentityTab';
import { ProcessTab } from './ProcessTab';
import { useTitle } from './said';
import { dimensionOf, filterOf, type Subject, timelineOf } from './subject';
import { Timeline } from './Timeline';

const GraphTab = lazy(() => import('./GraphTab'));

type Found = Schemas['Around']['dimensions'][number];
interface Props {
    subject: Subject;
    range: Range;
    /** Where the look began, with what it has in common with others. */
    event?: Schemas['ShownEvent'];
    alert?: Schemas['Alert'];
    found?: readonly Found[];
}
type Unnamed = Omit<Pin, 'note'>;

/** One subject over one span: timeline, processes, graph, and what it acted with. */
export function Look({ subject, range, event, alert, found = [] }: Props) {
    const t = useText();
    const { get, set } = useUrl();
    const navigate = useNavigate();
    const [asked, setAsked] = useState(() => Date.now());
    const [pin, setPin] = useState<Unnamed | null>(null);
    const rangeText = JSON.stringify(range);
    // biome-ignore lint/correctness/useExhaustiveDependencies: the range is a new object with each drawing
    const span: Span = useMemo(() => {
        const { from, until } = bounds(range, asked);
        return { since: from, until };
    }, [rangeText, asked]);
    const filter = filterOf(subject);
    const patch = rangePatch(range);
    const tab = get('tab', 'timeline');
    const open = get('open');
    const name = dimensionOf(subject);
    const kind = name ? t(`investigate.kind.${name}`) : subject.field;
    // Where the look began shows all its subjects, with this one among them.
    const told = found.some((one) => one.name === subject.field && one.value === subject.value);
    const query = timelineOf(subject);
    const show = (id: string | null) => set({ open: id });
    useKeys([
        { id: 'investigate.close', keys: 'Escape', run: () => show(null), keyOnly: true, disabled: !open },
        ...(['timeline', 'tree', 'graph', 'identity'] as const).map((one, at) => ({
            id: `investigate.tab.${one}`,
            keys: String(at + 1),
            label: t(`investigate.tab.${one}`),
            run: () => set({ tab: one }),
        })),
    ]);
    const openAlert = open.startsWith('alert:') ? open.slice('alert:'.length) : null;
    return (
        <Page
            title={subject.value}
            parents={[[t('investigate.title'), '/investigate']]}
            help="investigate.help"
            splitPanel={
                open && (
                    <SplitPanel header={t(openAlert ? 'investigate.alert' : 'investigate.event')}>
                        {openAlert ? (
                            <OpenAlert id={openAlert} onPin={setPin} />
                        ) : (
                            <OpenEvent id={open} onPin={setPin} />
                        )}
                    </SplitPanel>
                )
            }
            onSplitToggle={(isOpen) => {
                if (!isOpen) show(null);
            }}
        >
            <SpaceBetween size="m">
                <Header variant="h1">
                    <span className="vg-wrap">{subject.value}</span>
                </Header>
                <div className="vg-look">
                    <div className="vg-from">
                        <Box color="text-body-secondary" display={told ? 'none' : 'block'}>
                            {kind}
                            {subject.host && name !== 'host' && ` · ${subject.host}`}
                        </Box>
                        {(event || alert) && <From event={event} alert={alert} found={found} subject={subject} />}
                    </div>
                    <SpaceBetween direction="horizontal" size="xs">
                        <TimeRange value={range} onChange={(next) => set(rangePatch(next), { push: true })} />
                        <Button
                            iconName="refresh"
                            ariaLabel={t('investigate.refresh')}
                            onClick={() => setAsked(Date.now())}
                        />
                        <CopyAs
                            call={{
                                path: query
                                    ? link('/api/v1/timeline', { ...query, ...span })
                                    : link('/api/v1/events', { filter, ...span }),
                            }}
                        />
                        <Button onClick={() => navigate(link('/events', { filter, ...patch }))}>
                            {t('investigate.events')}
                        </Button>
                    </SpaceBetween>
                </div>
                <Tabs
                    activeTabId={tab}
                    onChange={({ detail }) => set({ tab: detail.activeTabId })}
                    tabs={[
                        {
                            id: 'timeline',
                            label: t('investigate.tab.timeline'),
                            content: (
                                <Timeline subject={subject} span={span} open={open} onOpen={show} onPin={setPin} />
                            ),
                        },
                        {
                            id: 'tree',
                            label: t('investigate.tab.tree'),
                            content: <ProcessTab subject={subject} span={span} event={event} onOpen={show} />,
                        },
                        {
                            id: 'graph',
                            label: t('investigate.tab.graph'),
                            content: (
                                <Suspense fallback={<Loading rows={8} />}>
                                    <GraphTab filter={filter} span={span} patch={patch} subject={subject} />
                                </Suspense>
                            ),
                        },
                        {
                            id: 'identity',
                            label: t('investigate.tab.identity'),
                            content: <IdentityTab subject={subject} span={span} patch={patch} />,
                        },
                    ]}
                />
            </SpaceBetween>
            {pin && <PinToCase pin={pin} close={() => setPin(null)} />}
        </Page>
    );
}

/** Where the look began, and its other subjects to go on with. */
function From({
    event,
    alert,
    found,
    subject,
}: Pick<Props, 'event' | 'alert' | 'subject'> & { found: readonly Found[] }) {
    const t = useText();
    const titled = useTitle();
    const { params } = useUrl();
    const to = (one: Found) => {
        const next = new URLSearchParams(params);
        next.set('field', one.name);
        next.set('value', one.value);
        if (one.host) next.set('host', one.host);
        else next.delete('host');
        next.delete('open');
        return `/investigate?${next}`;
    };
    return (
        <>
            <Box color="text-body-secondary">
                {t('investigate.from')}{' '}
                {alert ? (
                    <Follow to={`/alerts/${encodeURIComponent(alert.id)}`}>{alert.title}</Follow>
                ) : (
                    event && <Follow to={`/events/${encodeURIComponent(event.id)}`}>{titled(event)}</Follow>
                )}{' '}
                · <When time={alert?.first_at ?? event?.time} as="short" />
            </Box>
            <ul className="vg-chips" aria-label={t('investigate.subjects')}>
                {found.map((one) => (
                    <li key={`${one.name} ${one.value}`}>
                        <span className="vg-muted">{t(`investigate.kind.${one.name}`)}</span>{' '}
                        {one.name === subject.field && one.value === subject.value ? (
                            <b className="vg-wrap">{one.value}</b>
                        ) : (
                            <Follow to={to(one)}>
                                <span className="vg-wrap">{one.value}</span>
                            </Follow>
                        )}
                    </li>
                ))}
            </ul>
        </>
    );
}

function OpenEvent({ id, onPin }: { id: string; onPin: (pin: Unnamed) => void }) {
    const t = useText();
    const event = useQuery(eventQuery(id));
    if (event.error) return <ErrorBox error={event.error} retry={() => event.refetch()} />;
    if (!event.data) return <Loading />;
    const { time, type } = event.data;
    const record = (event.data.record ?? {}) as Record<string, unknown>;
    const title = [record.eventName, record.arguments, record.filename].find((one) => typeof one === 'string');
    return (
        <SpaceBetween size="s">
            <Button
                iconName="add-plus"
                onClick={() => onPin({ kind: 'event', id, time, title: (title as string | undefined) ?? type })}
            >
                {t('investigate.pin')}
            </Button>
            <EventDetails event={event.data} />
        </SpaceBetween>
    );
}

function OpenAlert({ id, onPin }: { id: string; onPin: (pin: Unnamed) => void }) {
    const t = useText();
    const alert = useQuery(alertQuery(id));
    if (alert.error) return <ErrorBox error={alert.error} retry={() => alert.refetch()} />;
    if (!alert.data) return <Loading />;
    const { title, severity, last_at } = alert.data;
    return (
        <SpaceBetween size="s">
            <SpaceBetween direction="horizontal" size="xs" alignItems="center">
                <Severity level={severity} />
                <Follow to={`/alerts/${encodeURIComponent(id)}`}>{title}</Follow>
            </SpaceBetween>
            <SpaceBetween direction="horizontal" size="xs">
                <Button iconName="add-plus" onClick={() => onPin({ kind: 'alert', id, time: last_at, title })}>
                    {t('investigate.pin')}
                </Button>
                <CopyAs call={{ path: `/api/v1/alerts/${encodeURIComponent(id)}` }} json={alert.data} />
            </SpaceBetween>
            <Json value={alert.data} open={3} />
        </SpaceBetween>
    );
}

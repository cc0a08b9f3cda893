import './alerts.css';
import ContentLayout from '@cloudscape-design/components/content-layout';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { useText } from '~/app/intl';
import { Page } from '~/app/page';
import { rangePatch } from '~/app/range';
import { useUrl } from '~/app/url';
import { Loading } from '~/ui/Loading';
import { AlertFilters } from './AlertFilters';
import { AlertPanel } from './AlertPanel';
import { Cursor, CursorContext } from './cursor';
import { countsQuery } from './data';
import { useDialogs } from './dialogs';
import { GroupView } from './GroupView';
import { viewUrl } from './InboxHeader';
import { ListView } from './ListView';
import { reveal } from './reveal';
import type { Tab } from './tab';
import { useInbox } from './useInbox';
import { type Alert, viewOf } from './view';

const AlertTrend = lazy(() => import('./AlertTrend').then((module) => ({ default: module.AlertTrend })));

const panelSize = { side: 540, bottom: 380 };

/** The inbox of alerts. */
export default function AlertsPage() {
    const t = useText();
    const { params, get, set } = useUrl();
    // The same view as long as what it asks is the same, wherever one looks within it.
    const asked = viewUrl(params);
    const view = useMemo(() => viewOf(new URLSearchParams(asked)), [asked]);
    const grouped = get('view') === 'groups';
    const inbox = useInbox(view, !grouped);
    const counts = useQuery(countsQuery(view, inbox.now));
    const dialogs = useDialogs();
    const cursor = useRef(new Cursor());
    const [tab, setTab] = useState<Tab>('why');
    const open = grouped ? '' : get('open');
    useEffect(() => {
        if (!open) return;
        cursor.current.set(open);
        // Once the panel stands and the list has made room.
        const timer = setTimeout(() => reveal(open), 100);
        return () => clearTimeout(timer);
    }, [open]);
    const known = open ? inbox.alerts.find(({ id }) => id === open) : undefined;
    const dismiss = (alert: Alert) => dialogs.dismiss({ ids: [alert.id] }, alert.title);
    const filters = useMemo(() => <AlertFilters view={view} counts={counts.data} />, [view, counts.data]);
    return (
        <CursorContext value={cursor.current}>
            <Page
                title={t('nav.alerts')}
                contentType="table"
                help="alerts.help"
                splitPanel={
                    open ? (
                        <AlertPanel
                            id={open}
                            known={known}
                            tab={tab}
                            onTab={setTab}
                            dismiss={dismiss}
                            suppress={dialogs.suppress}
                        />
                    ) : undefined
                }
                splitSize={panelSize}
                splitOpen={Boolean(open)}
                onSplitToggle={(shown) => !shown && set({ open: null })}
            >
                <ContentLayout>
                    <SpaceBetween size="xs">
                        <Suspense fallback={<Loading rows={3} />}>
                            <AlertTrend
                                view={view}
                                now={inbox.now}
                                onSelect={(from, until) =>
                                    set({ ...rangePatch({ from, until }), page: null }, { push: true })
                                }
                                onWiden={() =>
                                    set({ range: null, from: null, until: null, page: null }, { push: true })
                                }
                            />
                        </Suspense>
                        {grouped ? (
                            <GroupView view={view} inbox={inbox} filters={filters} counts={counts.data} />
                        ) : (
                            <ListView
                                view={view}
                                inbox={inbox}
                                filters={filters}
                                counts={counts.data}
                                cursor={cursor.current}
                                dialogs={dialogs}
                            />
                        )}
                    </SpaceBetween>
                    {dialogs.node}
                </ContentLayout>
            </Page>
        </CursorContext>
    );
}

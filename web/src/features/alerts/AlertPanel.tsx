import SpaceBetween from '@cloudscape-design/components/space-between';
import SplitPanel from '@cloudscape-design/components/split-panel';
import { useQuery } from '@tanstack/react-query';
import { lazy, memo, Suspense, useDeferredValue } from 'react';
import { alertQuery } from '~/api/queries';
import { useText } from '~/app/intl';
import { link } from '~/app/url';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { Loading } from '~/ui/Loading';
import { AlertActions } from './AlertActions';
import { Facts } from './Facts';
import { useRoom } from './room';
import type { Tab } from './tab';
import type { Alert } from './view';

const AlertTabs = lazy(() => import('./AlertTabs').then((module) => ({ default: module.AlertTabs })));

/** The alert that is open beside the list; `known` is what the list has of it, shown at once. */
export function AlertPanel({
    id,
    known,
    tab,
    onTab,
    dismiss,
    suppress,
}: {
    id: string;
    known: Alert | undefined;
    tab: Tab;
    onTab: (tab: Tab) => void;
    dismiss: (alert: Alert) => void;
    suppress: (alert: Alert) => void;
}) {
    const t = useText();
    const asked = useQuery({ ...alertQuery(id), enabled: !known });
    const alert = known ?? asked.data;
    const [element, room] = useRoom();
    return (
        <SplitPanel header={alert?.title ?? t('alerts.one')} closeBehavior="hide">
            <div ref={element} data-alert-panel>
                {asked.error && !alert ? (
                    <ErrorBox error={asked.error} retry={() => asked.refetch()} />
                ) : !alert ? (
                    <Loading rows={8} />
                ) : (
                    <SpaceBetween size="m">
                        <SpaceBetween direction="horizontal" size="m">
                            <Follow to={`/alerts/${alert.id}`}>{t('alerts.open')}</Follow>
                            <Follow to={link('/investigate', { alert: alert.id })}>{t('alerts.investigate')}</Follow>
                        </SpaceBetween>
                        <AlertActions
                            alert={alert}
                            dismiss={() => dismiss(alert)}
                            suppress={() => suppress(alert)}
                            panel
                        />
                        <Facts alert={alert} columns={room !== null && room > 640 ? 4 : 2} />
                        <Later alert={alert} tab={tab} onTab={onTab} />
                    </SpaceBetween>
                )}
            </div>
        </SplitPanel>
    );
}

/** The tabs come once the title and the facts stand, so that going through the list never waits for them. */
function Later({ alert, tab, onTab }: { alert: Alert; tab: Tab; onTab: (tab: Tab) => void }) {
    const later = useDeferredValue(alert);
    return (
        <div className={later.id === alert.id ? undefined : 'vg-alert-stale'}>
            <Tabs alert={later} tab={tab} onTab={onTab} />
        </div>
    );
}

const Tabs = memo(function Tabs(props: { alert: Alert; tab: Tab; onTab: (tab: Tab) => void }) {
    return (
        <Suspense fallback={<Loading />}>
            <AlertTabs {...props} panel />
        </Suspense>
    );
});

import SpaceBetween from '@cloudscape-design/components/space-between';
import SplitPanel from '@cloudscape-design/components/split-panel';
import { useQuery } from '@tanstack/react-query';
import { useText } from '~/app/intl';
import { link } from '~/app/url';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { Loading } from '~/ui/Loading';
import { AlertActions } from './AlertActions';
import { AlertTabs, type Tab } from './AlertTabs';
import { alertQuery } from './data';
import { Facts } from './Facts';
import type { Alert } from './view';

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
    return (
        <SplitPanel header={alert?.title ?? t('alerts.one')} closeBehavior="hide">
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
                    <AlertActions alert={alert} dismiss={() => dismiss(alert)} suppress={() => suppress(alert)} panel />
                    <Facts alert={alert} columns={2} />
                    <AlertTabs key={alert.id} alert={alert} tab={tab} onTab={onTab} panel />
                </SpaceBetween>
            )}
        </SplitPanel>
    );
}

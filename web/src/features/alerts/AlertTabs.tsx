import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { Fragment, type ReactNode } from 'react';
import { useText } from '~/app/intl';
import { Json } from '~/ui/Json';
import { AlertEvents } from './AlertEvents';
import { Deliveries } from './Deliveries';
import { Notes } from './Notes';
import { Pivots } from './Pivots';
import { Similar } from './Similar';
import type { Tab } from './tab';
import { tabOf, tabs } from './tab';
import { Usual } from './Usual';
import type { Alert } from './view';
import { WhyFired } from './WhyFired';

/** All that is known of an alert, a tab at a time: as a page, or in the panel beside the list. */
export function AlertTabs({
    alert,
    tab,
    onTab,
    panel,
}: {
    alert: Alert;
    tab: Tab;
    onTab: (tab: Tab) => void;
    panel?: boolean;
}) {
    const t = useText();
    const part = (title: string, children: ReactNode) =>
        panel ? (
            <SpaceBetween size="xs">
                <Header variant="h3">{title}</Header>
                {children}
            </SpaceBetween>
        ) : (
            <Container header={<Header variant="h2">{title}</Header>}>{children}</Container>
        );
    const contents: Record<Tab, () => ReactNode> = {
        why: () => (
            <div className={panel ? 'vg-alert-parts' : 'vg-alert-parts vg-alert-two'}>
                {part(t('alerts.why'), <WhyFired alert={alert} />)}
                {part(t('alerts.pivots'), <Pivots alert={alert} />)}
                {part(t('alerts.usual'), <Usual alert={alert} />)}
                {part(t('alerts.deliveries'), <Deliveries alert={alert} />)}
            </div>
        ),
        events: () => <AlertEvents alert={alert} narrow={panel} />,
        notes: () => (panel ? <Notes alert={alert} /> : part(t('alerts.tab.notes'), <Notes alert={alert} />)),
        similar: () => (panel ? <Similar alert={alert} /> : part(t('alerts.tab.similar'), <Similar alert={alert} />)),
        json: () => (panel ? <Json value={alert} /> : part(t('alerts.tab.json'), <Json value={alert} />)),
    };
    return (
        <Tabs
            ariaLabel={t('alerts.tabs')}
            activeTabId={tab}
            onChange={({ detail }) => onTab(tabOf(detail.activeTabId))}
            tabs={tabs.map((id) => ({
                id,
                label: t(`alerts.tab.${id}`),
                // Only what is looked at asks the server.
                content: id === tab ? <Fragment key={alert.id}>{contents[id]()}</Fragment> : null,
            }))}
        />
    );
}

import './alerts.css';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from 'react-router';
import { ApiError } from '~/api/client';
import { alertQuery } from '~/api/queries';
import { useText } from '~/app/intl';
import { useKeys } from '~/app/keys';
import { useLiveAlerts } from '~/app/live';
import { Page } from '~/app/page';
import { useSession } from '~/app/session';
import { link, useUrl } from '~/app/url';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { Loading } from '~/ui/Loading';
import { AlertActions } from './AlertActions';
import { AlertTabs } from './AlertTabs';
import { useAssignTo } from './AssignButton';
import { takeAlert } from './data';
import { useDialogs } from './dialogs';
import { Facts } from './Facts';
import { tabOf } from './tab';
import type { Alert } from './view';

/** An alert: why it fired, what it counted, how usual that is, what to do about it. */
export default function AlertPage() {
    const t = useText();
    const { id = '' } = useParams();
    const client = useQueryClient();
    const alert = useQuery(alertQuery(id));
    useLiveAlerts((changed) => {
        if (changed.id !== id) return;
        takeAlert(client, changed);
        client.invalidateQueries({ queryKey: ['alert', id, 'history'] });
        client.invalidateQueries({ queryKey: ['alert', id, 'events'] });
    });
    const gone = alert.error instanceof ApiError && alert.error.status === 404;
    return (
        <Page
            title={alert.data?.title ?? t('alerts.one')}
            parents={[[t('nav.alerts'), '/alerts']]}
            help="alerts.help.one"
        >
            {alert.data ? (
                <Known alert={alert.data} />
            ) : (
                <ContentLayout header={<Header variant="h1">{t('alerts.one')}</Header>}>
                    {gone ? (
                        <Empty
                            title={t('alerts.gone')}
                            text={t('alerts.gone.text')}
                            action={<Follow to="/alerts">{t('alerts.gone.back')}</Follow>}
                        />
                    ) : alert.error ? (
                        <ErrorBox error={alert.error} retry={() => alert.refetch()} />
                    ) : (
                        <Loading rows={8} />
                    )}
                </ContentLayout>
            )}
        </Page>
    );
}

function Known({ alert }: { alert: Alert }) {
    const navigate = useNavigate();
    const { get, set } = useUrl();
    const { who, may } = useSession();
    const dialogs = useDialogs();
    const assign = useAssignTo();
    const acts = may('user');
    const active = alert.status === 'active';
    const dismiss = () => dialogs.dismiss({ ids: [alert.id] }, alert.title);
    const suppress = () => dialogs.suppress(alert);
    useKeys([
        { id: 'alerts.dismiss', keys: 'e', run: dismiss, disabled: !acts || !active },
        { id: 'alerts.suppress', keys: 's', run: suppress, disabled: !acts },
        { id: 'alerts.assign', keys: 'a', run: () => assign.to([alert.id], who), disabled: !acts },
        { id: 'alerts.investigate', keys: 'i', run: () => navigate(link('/investigate', { alert: alert.id })) },
    ]);
    return (
        <ContentLayout
            header={
                <Header variant="h1" actions={<AlertActions alert={alert} dismiss={dismiss} suppress={suppress} />}>
                    <span className="vg-wrap">{alert.title}</span>
                </Header>
            }
        >
            <SpaceBetween size="m">
                <Container>
                    <Facts alert={alert} columns={4} />
                </Container>
                <AlertTabs
                    alert={alert}
                    tab={tabOf(get('tab'))}
                    onTab={(tab) => set({ tab: tab === 'why' ? null : tab })}
                />
            </SpaceBetween>
            {dialogs.node}
        </ContentLayout>
    );
}

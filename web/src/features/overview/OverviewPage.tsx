import './overview.css';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Grid from '@cloudscape-design/components/grid';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { useText } from '~/app/intl';
import { useLiveAlerts } from '~/app/live';
import { useOrganisationName } from '~/app/organisations';
import { Page } from '~/app/page';
import { useSession } from '~/app/session';
import { Empty } from '~/ui/Empty';
import { Loading } from '~/ui/Loading';
import { Changes } from './Changes';
import { Coverage } from './Coverage';
import { timesOf, useSources, useStore } from './data';
import { Loudest } from './Loudest';
import { NewAlerts } from './NewAlerts';
import { Waiting } from './Waiting';
import { WeekBars } from './WeekBars';

/** Alerts that come within this time make one refresh, ms. */
const refreshEvery = 3000;

/** What came in, what waits, and whether all is seen that should be. */
export default function OverviewPage() {
    const t = useText();
    const navigate = useNavigate();
    const session = useSession();
    const client = useQueryClient();
    const [times, setTimes] = useState(() => timesOf(Date.now()));
    useEffect(() => {
        const timer = setInterval(() => setTimes(timesOf(Date.now())), 60_000);
        return () => clearInterval(timer);
    }, []);
    const refresh = useRef<ReturnType<typeof setTimeout>>(undefined);
    useEffect(() => () => clearTimeout(refresh.current), []);
    useLiveAlerts(() => {
        refresh.current ??= setTimeout(() => {
            refresh.current = undefined;
            client.invalidateQueries({ queryKey: ['alerts', 'histogram'] });
            client.invalidateQueries({ queryKey: ['alerts', 'waiting'] });
            client.invalidateQueries({ queryKey: ['rules', 'activity'] });
        }, refreshEvery);
    });
    const organisation = useOrganisationName();
    const sources = useSources();
    const store = useStore();
    const known = sources.data !== undefined && store.data !== undefined;
    const nothing = known && store.data.events === 0 && sources.data.sources.every((one) => one.accepted === 0);
    const half = { colspan: { default: 12, m: 6 } };
    return (
        <Page title={t('overview.title')} help="overview.help">
            <SpaceBetween size="l">
                <Header variant="h1" description={organisation || undefined}>
                    {t('overview.title')}
                </Header>
                {nothing ? (
                    <Container>
                        <Empty
                            title={t('overview.nothing')}
                            text={t('overview.nothing.text')}
                            action={
                                <Button variant="primary" onClick={() => navigate('/start')}>
                                    {t('overview.start.go')}
                                </Button>
                            }
                        />
                    </Container>
                ) : !known && !sources.error && !store.error ? (
                    <Loading rows={8} />
                ) : (
                    <SpaceBetween size="l">
                        <NewAlerts times={times} />
                        <WeekBars times={times} />
                        <Grid gridDefinition={[half, half]}>
                            <Waiting />
                            <Loudest />
                        </Grid>
                        <Grid gridDefinition={session.may('owner') ? [half, half] : [{ colspan: 12 }]}>
                            <Coverage times={times} />
                            {session.may('owner') && <Changes />}
                        </Grid>
                    </SpaceBetween>
                )}
            </SpaceBetween>
        </Page>
    );
}

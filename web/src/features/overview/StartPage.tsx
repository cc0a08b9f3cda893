import './overview.css';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tiles from '@cloudscape-design/components/tiles';
import { type ReactNode, useState } from 'react';
import { useText } from '~/app/intl';
import { Page } from '~/app/page';
import { useSession } from '~/app/session';
import { useUrl } from '~/app/url';
import { Follow } from '~/ui/Follow';
import { useSources } from './data';
import { Arrivals, FirstAlert, lookEvery } from './StartWait';
import { type MadeKey, StartWay } from './StartWay';
import { type Way, ways } from './start';

function Step({
    number,
    title,
    text,
    children,
}: {
    number: number;
    title: string;
    text?: string;
    children: ReactNode;
}) {
    return (
        <Container
            header={
                <Header variant="h2" description={text}>
                    {number}. {title}
                </Header>
            }
        >
            {children}
        </Container>
    );
}

/** From nothing to the first alert. */
export default function StartPage() {
    const t = useText();
    const url = useUrl();
    const session = useSession();
    const asked = url.get('source') as Way;
    const way: Way = ways.includes(asked) ? asked : 'sample';
    // Each way is a source with a key of its own.
    const [made, setMade] = useState<Partial<Record<Way, MadeKey>>>({});
    const sources = useSources(lookEvery);
    const arrived = (sources.data?.sources ?? []).some((one) => one.accepted > 0);
    return (
        <Page title={t('overview.start')} help="overview.start.help">
            <SpaceBetween size="l">
                <Header variant="h1" description={t('overview.start.lead')}>
                    {t('overview.start')}
                </Header>
                <Step number={1} title={t('overview.start.choose')}>
                    <Tiles
                        value={way}
                        ariaLabel={t('overview.start.choose')}
                        columns={4}
                        items={ways.map((id) => ({
                            value: id,
                            label: t(`overview.start.${id}`),
                            description: t(`overview.start.${id}.what`),
                        }))}
                        onChange={({ detail }) => url.set({ source: detail.value })}
                    />
                </Step>
                <Step number={2} title={t('overview.start.do')}>
                    <StartWay
                        key={way}
                        way={way}
                        made={made[way] ?? null}
                        onMade={(key) => setMade((all) => ({ ...all, [way]: key }))}
                    />
                </Step>
                <Step number={3} title={t('overview.start.first')} text={t('overview.start.first.what')}>
                    <Arrivals
                        sources={sources.data?.sources}
                        error={sources.error}
                        retry={() => void sources.refetch()}
                    />
                </Step>
                <Step number={4} title={t('overview.start.alert')}>
                    <FirstAlert arrived={arrived} />
                </Step>
                <Step number={5} title={t('overview.start.next')}>
                    <ul className="vg-next">
                        {session.may('owner') && (
                            <>
                                <li>
                                    <Follow to="/settings/people">{t('overview.start.next.people')}</Follow>
                                </li>
                                <li>
                                    <Follow to="/settings/integrations">{t('overview.start.next.channels')}</Follow>
                                </li>
                            </>
                        )}
                        <li>
                            <Follow to="/rules">{t('overview.start.next.rules')}</Follow>
                        </li>
                        <li>
                            <Follow to="/trends">{t('overview.start.next.trends')}</Follow>
                        </li>
                    </ul>
                </Step>
            </SpaceBetween>
        </Page>
    );
}

import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { aroundQuery } from '~/api/queries';
import { useText } from '~/app/intl';
import { Page } from '~/app/page';
import { link } from '~/app/url';
import { ErrorBox } from '~/ui/ErrorBox';
import { EventDetails } from '~/ui/EventDetails';
import { Follow } from '~/ui/Follow';
import { Loading } from '~/ui/Loading';
import { eventQuery, recordName } from './search';

/** One event, by a link that lasts as long as the event is kept. */
export default function EventPage() {
    const t = useText();
    const { id = '' } = useParams();
    const event = useQuery(eventQuery(id));
    const title = recordName(event.data) ?? t('events.event');
    return (
        <Page title={title} parents={[[t('events.title'), '/events']]} help="events.help">
            <SpaceBetween size="m">
                <Header variant="h1" description={<span className="vg-wrap">{id}</span>}>
                    <span className="vg-wrap">{title}</span>
                </Header>
                {event.error ? (
                    <ErrorBox error={event.error} retry={() => event.refetch()} />
                ) : (
                    <SpaceBetween size="m">
                        {event.data && <Around id={id} />}
                        <Container header={<Header variant="h2">{t('events.record')}</Header>}>
                            {event.data ? <EventDetails event={event.data} alone /> : <Loading rows={10} />}
                        </Container>
                    </SpaceBetween>
                )}
            </SpaceBetween>
        </Page>
    );
}

/** The ways from the event to others. */
function Around({ id }: { id: string }) {
    const t = useText();
    const around = useQuery({ ...aroundQuery(id), staleTime: Number.POSITIVE_INFINITY });
    const dimensions = around.data?.dimensions ?? [];
    return (
        <Container
            header={
                <Header
                    variant="h2"
                    description={t('events.around.text')}
                    actions={<Follow to={link('/investigate', { event: id })}>{t('events.around.investigate')}</Follow>}
                >
                    {t('events.around')}
                </Header>
            }
        >
            {around.error && <ErrorBox error={around.error} retry={() => around.refetch()} />}
            {around.isPending && <Loading rows={3} />}
            {around.data && dimensions.length === 0 && <Box color="text-body-secondary">{t('events.around.none')}</Box>}
            {dimensions.length > 0 && (
                <KeyValuePairs
                    columns={Math.min(4, dimensions.length)}
                    items={dimensions.map(({ name, value, host, events }) => ({
                        label: t(`investigate.kind.${name}`),
                        value: (
                            <>
                                <Follow to={link('/investigate', { event: id, field: name, value, host })}>
                                    <span className="vg-wrap">{value}</span>
                                </Follow>
                                <Box color="text-body-secondary" fontSize="body-s">
                                    {t('events.around.events', { count: events })}
                                </Box>
                            </>
                        ),
                    }))}
                />
            )}
        </Container>
    );
}

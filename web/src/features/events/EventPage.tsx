import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { useText } from '~/app/intl';
import { Page } from '~/app/page';
import { ErrorBox } from '~/ui/ErrorBox';
import { EventDetails } from '~/ui/EventDetails';
import { Loading } from '~/ui/Loading';
import { eventQuery } from './search';

/** One event, by a link that lasts as long as the event is kept. */
export default function EventPage() {
    const t = useText();
    const { id = '' } = useParams();
    const event = useQuery(eventQuery(id));
    const record = event.data?.record as Record<string, unknown> | undefined;
    const title = typeof record?.eventName === 'string' ? record.eventName : t('events.event');
    return (
        <Page title={title} parents={[[t('events.title'), '/events']]}>
            <SpaceBetween size="m">
                <Header variant="h1" description={id}>
                    {title}
                </Header>
                {event.error ? (
                    <ErrorBox error={event.error} retry={() => event.refetch()} />
                ) : (
                    <Container>{event.data ? <EventDetails event={event.data} /> : <Loading rows={10} />}</Container>
                )}
            </SpaceBetween>
        </Page>
    );
}

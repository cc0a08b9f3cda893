import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useNavigate } from 'react-router';
import { api, body } from '~/api/client';
import { useText } from '~/app/intl';
import { bounds, type Range, seconds, widthFor } from '~/app/range';
import { filled } from '~/features/events/search';
import { conditionOf } from '~/filter';
import { ErrorBox } from '~/ui/ErrorBox';
import { Loading } from '~/ui/Loading';
import { eventsPath, type Identity } from './kinds';

const Histogram = lazy(() => import('~/ui/Histogram').then((module) => ({ default: module.Histogram })));

/** How many events an item had over time; a span that is drawn leads to them. */
export function EventsOver({ identity, range }: { identity: Identity; range: Range }) {
    const t = useText();
    const navigate = useNavigate();
    const width = widthFor(range, 60);
    const events = useQuery({
        queryKey: ['events', 'histogram', identity.field, identity.value, range],
        queryFn: async ({ signal }) => {
            const { from, until } = bounds(range);
            const query = { filter: conditionOf(identity.field, identity.value), since: from, until, width };
            const { bars } = await body(api.GET('/api/v1/events/histogram', { params: { query }, signal }));
            return filled(bars, { since: from, until }, seconds(width)!);
        },
        placeholderData: (before) => before,
    });
    return (
        <Container header={<Header variant="h2">{t('inventory.events.over')}</Header>}>
            {events.error && !events.data ? (
                <ErrorBox error={events.error} retry={() => events.refetch()} />
            ) : events.data ? (
                <Suspense fallback={<Loading rows={2} />}>
                    <Histogram
                        title={t('inventory.events')}
                        bars={events.data}
                        width={seconds(width)!}
                        onSelect={(from, until) => navigate(eventsPath(identity, { from, until }))}
                    />
                </Suspense>
            ) : (
                <Loading rows={2} />
            )}
        </Container>
    );
}

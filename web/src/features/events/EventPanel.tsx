import SplitPanel from '@cloudscape-design/components/split-panel';
import { useQuery } from '@tanstack/react-query';
import { useText } from '~/app/intl';
import { ErrorBox } from '~/ui/ErrorBox';
import { EventDetails } from '~/ui/EventDetails';
import { Loading } from '~/ui/Loading';
import type { Narrow } from './Cells';
import { eventQuery, recordName } from './search';

interface Props {
    id: string;
    onFilter: Narrow;
    columns: readonly string[];
    onColumn: (field: string) => void;
}

/** An event beside the others. */
export function EventPanel({ id, ...rest }: Props) {
    const t = useText();
    const event = useQuery(eventQuery(id));
    return (
        <SplitPanel header={recordName(event.data) ?? t('events.event')}>
            {event.error ? (
                <ErrorBox error={event.error} retry={() => event.refetch()} />
            ) : event.data ? (
                <EventDetails event={event.data} {...rest} />
            ) : (
                <Loading rows={10} />
            )}
        </SplitPanel>
    );
}

import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { Schemas } from '~/api/client';
import { useText } from '~/app/intl';
import { addCondition } from '~/filter';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { EventDetails } from '~/ui/EventDetails';
import { summaryOf } from '~/ui/summary';
import { When } from '~/ui/When';
import { eventsQuery, ruleQuery } from './data';
import { eventsLink } from './pivots';
import type { Alert } from './view';

type Event = Schemas['AlertEvent'];
type Row = ReturnType<typeof summaryOf> & { event: Event };

/** The events that were counted, newest first; one of them opens beneath. */
export function AlertEvents({ alert, narrow }: { alert: Alert; narrow?: boolean }) {
    const t = useText();
    const events = useInfiniteQuery(eventsQuery(alert.id));
    const [chosen, setChosen] = useState<string | null>(null);
    const all = events.data?.pages.flatMap((page) => page.events as Event[]) ?? [];
    const open = all.find((one) => one.id === chosen) ?? all[0];
    if (events.error && all.length === 0) return <ErrorBox error={events.error} retry={() => events.refetch()} />;
    const rows = all.map((event): Row => ({ event, ...summaryOf(event.record, event.type) }));
    return (
        <SpaceBetween size="m">
            <Table
                variant={narrow ? 'embedded' : 'container'}
                contentDensity="compact"
                wrapLines
                loading={events.isLoading}
                loadingText={t('ui.loading')}
                header={
                    narrow ? undefined : (
                        <Header variant="h2" counter={`(${all.length}${events.hasNextPage ? '+' : ''})`}>
                            {t('alerts.events')}
                        </Header>
                    )
                }
                items={rows}
                trackBy={({ event }) => event.id}
                selectionType="single"
                selectedItems={rows.filter(({ event }) => event.id === open?.id)}
                onSelectionChange={({ detail }) => setChosen(detail.selectedItems[0]?.event.id ?? null)}
                onRowClick={({ detail }) => setChosen(detail.item.event.id)}
                ariaLabels={{
                    tableLabel: t('alerts.events'),
                    selectionGroupLabel: t('alerts.events'),
                    itemSelectionLabel: (_, row) => `${row.what} ${row.event.time}`,
                }}
                empty={<Empty title={t('alerts.events.none')} text={t('alerts.events.none.text')} />}
                columnDefinitions={[
                    {
                        id: 'time',
                        header: t('ui.time'),
                        width: 150,
                        cell: ({ event }) => <When time={event.time} as="short" />,
                    },
                    { id: 'what', header: t('alerts.events.what'), isRowHeader: true, cell: ({ what }) => what },
                    ...(narrow
                        ? []
                        : [
                              {
                                  id: 'who',
                                  header: t('alerts.events.who'),
                                  cell: ({ who }: Row) => who || '–',
                              },
                              {
                                  id: 'from',
                                  header: t('alerts.events.from'),
                                  cell: ({ from }: Row) => from || '–',
                              },
                          ]),
                ]}
                footer={
                    events.hasNextPage && (
                        <Button loading={events.isFetchingNextPage} onClick={() => events.fetchNextPage()}>
                            {t('alerts.events.more')}
                        </Button>
                    )
                }
            />
            {open && <OpenEvent alert={alert} event={open} />}
        </SpaceBetween>
    );
}

/** One event; each value leads to a search for it, or for what the rule finds without it. */
function OpenEvent({ alert, event }: { alert: Alert; event: Event }) {
    const navigate = useNavigate();
    const rule = useQuery(ruleQuery(alert.rule_id));
    const search = (field: string, value: unknown, exclude: boolean) => {
        const filter = exclude ? (rule.data?.filter.trim() ?? '') : '';
        navigate(eventsLink(alert, addCondition(filter, field, value, exclude)));
    };
    return (
        <Container>
            <EventDetails key={event.id} event={event} onFilter={search} />
        </Container>
    );
}

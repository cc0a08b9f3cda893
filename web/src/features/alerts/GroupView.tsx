import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useIntl } from 'react-intl';
import type { Schemas } from '~/api/client';
import { useText } from '~/app/intl';
import { useUrl } from '~/app/url';
import { ErrorBox } from '~/ui/ErrorBox';
import { PropertyFilters } from './AlertFilters';
import { AlertGroups } from './AlertGroups';
import { pathOf, totalOf } from './counts';
import { groupsQuery } from './data';
import { InboxEmpty } from './InboxEmpty';
import { InboxHeader, viewUrl } from './InboxHeader';
import type { useInbox } from './useInbox';
import { queryOf, type View } from './view';

/** The inbox by rule. */
export function GroupView({
    view,
    inbox,
    filters,
    counts,
}: {
    view: View;
    inbox: ReturnType<typeof useInbox>;
    filters: ReactNode;
    counts: Schemas['AlertCounts'] | undefined;
}) {
    const t = useText();
    const intl = useIntl();
    const { params } = useUrl();
    const [page, setPage] = useState(1);
    const groups = useInfiniteQuery({ ...groupsQuery(view, inbox.now), placeholderData: keepPreviousData });
    const pages = groups.data?.pages ?? [];
    const at = Math.min(page, Math.max(1, pages.length));
    const total = totalOf(counts, view);
    const link = (rule: string) => {
        const kept = new URLSearchParams(viewUrl(params));
        kept.delete('view');
        kept.set('rule', rule);
        return `/alerts?${kept}`;
    };
    return (
        <AlertGroups
            groups={pages[at - 1]?.groups ?? []}
            from={pages[at - 1]?.from ?? null}
            loading={groups.isLoading}
            link={link}
            filter={<PropertyFilters view={view} />}
            header={
                <SpaceBetween size="xs">
                    <InboxHeader
                        counter={
                            total === null
                                ? ''
                                : t('alerts.groups.counter', {
                                      groups: `${intl.formatNumber(
                                          pages.reduce((sum, one) => sum + one.groups.length, 0),
                                      )}${groups.hasNextPage ? '+' : ''}`,
                                      alerts: total,
                                  })
                        }
                        fresh={inbox.fresh}
                        refresh={inbox.refresh}
                        call={{ path: pathOf('/api/v1/alerts/groups', queryOf(view, inbox.now)) }}
                    />
                    {groups.error && <ErrorBox error={groups.error} retry={() => groups.refetch()} />}
                    {filters}
                </SpaceBetween>
            }
            empty={groups.error ? null : <InboxEmpty view={view} />}
            pagination={
                <Pagination
                    currentPageIndex={at}
                    pagesCount={Math.max(1, pages.length)}
                    openEnd={groups.hasNextPage}
                    onChange={async ({ detail }) => {
                        if (detail.currentPageIndex > pages.length) await groups.fetchNextPage();
                        setPage(detail.currentPageIndex);
                    }}
                />
            }
        />
    );
}

import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { useLiveAlerts } from '~/app/live';
import { useUrl } from '~/app/url';
import { alertsQuery, takeAlert } from './data';
import { type Alert, belongs, type View } from './view';

/** The clocks of server and browser may differ by this, ms. */
const skew = 5000;

/** A page of a view's alerts, with those that were raised since it was asked for kept apart until they are wanted. */
export function useInbox(view: View, enabled: boolean) {
    const client = useQueryClient();
    const { get, set } = useUrl();
    const [now, setNow] = useState(() => Date.now());
    const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
    const list = useInfiniteQuery({
        ...alertsQuery(view, now),
        placeholderData: keepPreviousData,
        enabled,
        // What is shown stays as it is until the person asks for more.
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnMount: 'always',
    });
    const pages = list.data?.pages;
    const page = Math.max(1, Number(get('page', '1')) || 1);
    // A link may lead to a page of which the ones before are not here yet.
    const behind = pages !== undefined && pages.length < page && list.hasNextPage && !list.isFetching;
    useEffect(() => {
        if (behind) list.fetchNextPage();
    }, [behind, list.fetchNextPage]);
    const at = Math.min(page, pages?.length ?? 1);
    const alerts = useMemo(() => pages?.[at - 1]?.alerts ?? [], [pages, at]);

    const viewKey = JSON.stringify(view);
    // biome-ignore lint/correctness/useExhaustiveDependencies: another view begins anew
    useEffect(() => setFresh(new Set()), [viewKey]);
    useLiveAlerts((alert: Alert) => {
        takeAlert(client, alert);
        if (Date.parse(alert.raised_at) < now - skew || !belongs(alert, view, Date.now())) return;
        if (pages?.some((one) => one.alerts.some(({ id }) => id === alert.id))) return;
        setFresh((before) => (before.has(alert.id) ? before : new Set([...before, alert.id])));
    });
    const refresh = () => {
        setFresh(new Set());
        setNow(Date.now());
        set({ page: null });
        client.invalidateQueries({ queryKey: ['alerts'] });
        client.invalidateQueries({ queryKey: ['alert-counts'] });
    };
    return {
        now,
        list,
        alerts,
        page: at,
        pages: pages?.length ?? 1,
        more: list.hasNextPage,
        fresh: fresh.size,
        refresh,
    };
}

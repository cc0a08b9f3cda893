import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { alertQuery, aroundQuery } from '~/api/queries';
import { useText } from '~/app/intl';
import { Page } from '~/app/page';
import { dayAround, rangeOf } from '~/app/range';
import { useUrl } from '~/app/url';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { Follow } from '~/ui/Follow';
import { Loading } from '~/ui/Loading';
import { alertEventQuery } from './data';
import { Look } from './Look';
import { StartPage } from './StartPage';
import { firstOf, type Subject } from './subject';
import './investigate.css';

export const rangeFallback = '7d';

/** Looks into an event, an alert or a value, all of which the URL names; where it names none, it asks. */
export default function InvestigatePage() {
    const { get, params } = useUrl();
    const [event, alert, field, value] = [get('event'), get('alert'), get('field'), get('value')];
    const host = get('host') || null;
    const chosen: Subject | null = useMemo(
        () => (field && value ? { field, value, host } : null),
        [field, value, host],
    );
    if (alert) return <FromAlert id={alert} chosen={chosen} />;
    if (event) return <FromEvent id={event} chosen={chosen} />;
    if (chosen) return <Look subject={chosen} range={rangeOf(params, rangeFallback)} />;
    return <StartPage />;
}

/** The frame as long as it is not known what is looked into. */
function Waiting({ error, retry, gone }: { error?: unknown; retry?: () => void; gone?: boolean }) {
    const t = useText();
    return (
        <Page title={t('investigate.title')} help="investigate.help">
            {error ? (
                <ErrorBox error={error} retry={retry} />
            ) : gone ? (
                <Empty
                    title={t('investigate.gone')}
                    text={t('investigate.gone.what')}
                    action={<Follow to="/investigate">{t('investigate.start')}</Follow>}
                />
            ) : (
                <Loading rows={8} />
            )}
        </Page>
    );
}

function useRange(fallback: ReturnType<typeof dayAround>) {
    const { params } = useUrl();
    const named = params.has('range') || params.has('from');
    return named ? rangeOf(params, rangeFallback) : fallback;
}

function FromEvent({ id, chosen }: { id: string; chosen: Subject | null }) {
    const found = useQuery({ ...aroundQuery(id, '24h'), staleTime: 60_000 });
    const range = useRange(dayAround(found.data?.event.time ?? new Date(0).toISOString()));
    if (!found.data) return <Waiting error={found.error} retry={() => found.refetch()} />;
    const subject = chosen ?? firstOf(found.data.dimensions);
    if (!subject) return <Waiting gone />;
    return <Look subject={subject} range={range} event={found.data.event} found={found.data.dimensions} />;
}

function FromAlert({ id, chosen }: { id: string; chosen: Subject | null }) {
    const alert = useQuery(alertQuery(id));
    const newest = useQuery(alertEventQuery(id));
    const found = useQuery({
        ...aroundQuery(newest.data ?? '', '24h'),
        enabled: Boolean(newest.data),
        staleTime: 60_000,
    });
    const epoch = new Date(0).toISOString();
    const range = useRange(dayAround(alert.data?.first_at ?? epoch, alert.data?.last_at ?? epoch));
    const fault = alert.error ?? newest.error ?? found.error;
    if (fault)
        return (
            <Waiting
                error={fault}
                retry={() => {
                    alert.refetch();
                    newest.refetch();
                    if (newest.data) found.refetch();
                }}
            />
        );
    if (!alert.data || newest.isPending || (newest.data && !found.data)) return <Waiting />;
    const host = alert.data.host;
    const subject =
        chosen ?? firstOf(found.data?.dimensions ?? []) ?? (host ? { field: 'host', value: host, host: null } : null);
    if (!subject) return <Waiting gone />;
    return (
        <Look
            subject={subject}
            range={range}
            alert={alert.data}
            event={found.data?.event}
            found={found.data?.dimensions}
        />
    );
}

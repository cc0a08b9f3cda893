import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import { useQuery } from '@tanstack/react-query';
import { type CSSProperties, type KeyboardEvent, useRef, useState } from 'react';
import { useIntl } from 'react-intl';
import { Link } from 'react-router';
import { api, body } from '~/api/client';
import { useText } from '~/app/intl';
import { rfc3339 } from '~/app/range';
import { useTimes } from '~/app/time';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { Loading } from '~/ui/Loading';
import { eventsLink, filterOf, type Scope, weekOf } from './data';

/** The server gives 2,000 bars at most. */
const longest = 83 * 86_400_000;
const hour = 3_600_000;

/** When there are calls: weekdays and hours. A cell leads to the events of its latest hour. */
export function HeatMap({ scope }: { scope: Scope }) {
    const t = useText();
    const intl = useIntl();
    const times = useTimes();
    const grid = useRef<HTMLTableElement>(null);
    const [focus, setFocus] = useState<[number, number]>([0, 0]);
    const until = Date.parse(scope.until);
    // Bars begin with the time that is asked for, so that is made a whole hour.
    const since = Math.ceil(Math.max(Date.parse(scope.since), until - longest) / hour) * hour;
    const cut = Date.parse(scope.since) < until - longest;
    const filter = filterOf(scope);
    const bars = useQuery({
        queryKey: ['trends', 'hours', filter, since, scope.until],
        queryFn: ({ signal }) =>
            body(
                api.GET('/api/v1/events/histogram', {
                    params: { query: { filter, since: rfc3339(since), until: scope.until, width: '1h' } },
                    signal,
                }),
            ),
    });
    if (bars.error) return <ErrorBox error={bars.error} retry={() => bars.refetch()} />;
    const week = bars.data && weekOf(bars.data.bars, times.zone);
    const weekday = (index: number, style: 'short' | 'long') =>
        // 2024-01-01 was a Monday.
        intl.formatDate(new Date(Date.UTC(2024, 0, 1 + index)), { weekday: style, timeZone: 'UTC' });
    const move = (event: KeyboardEvent) => {
        const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
        if (!step) return;
        event.preventDefault();
        const next: [number, number] = [(focus[0] + step[0]! + 7) % 7, (focus[1] + step[1]! + 24) % 24];
        setFocus(next);
        grid.current?.querySelector<HTMLElement>(`[data-cell="${next[0]}-${next[1]}"]`)?.focus();
    };
    return (
        <Container
            header={
                <Header variant="h2" description={t('trends.when.what', { zone: times.zoneName })}>
                    {t('trends.when.title')}
                </Header>
            }
            footer={cut ? t('trends.when.cut') : undefined}
        >
            {!week ? (
                <Loading rows={7} />
            ) : week.most === 0 ? (
                <Empty title={t('trends.empty')} text={t('trends.empty.text')} />
            ) : (
                <>
                    <table className="vg-heat" ref={grid} onKeyDown={move}>
                        <caption className="vg-hidden">{t('trends.when.title')}</caption>
                        <thead>
                            <tr>
                                <td />
                                {Array.from({ length: 24 }, (_, at) => (
                                    <th key={at} scope="col">
                                        {at % 3 === 0 ? (
                                            String(at).padStart(2, '0')
                                        ) : (
                                            <span className="vg-hidden">{at}</span>
                                        )}
                                    </th>
                                ))}
                            </tr>
                        </thead>
                        <tbody>
                            {week.counts.map((row, day) => (
                                <tr key={day}>
                                    <th scope="row">{weekday(day, 'short')}</th>
                                    {row.map((count, at) => {
                                        const last = week.last[day]![at] ?? null;
                                        const text = t('trends.when.cell', {
                                            day: weekday(day, 'long'),
                                            hour: `${String(at).padStart(2, '0')}:00`,
                                            count,
                                            last: last ? times.short(last) : '–',
                                        });
                                        const to =
                                            last &&
                                            eventsLink(scope, filter, {
                                                from: rfc3339(Date.parse(last)),
                                                until: rfc3339(Date.parse(last) + hour),
                                            });
                                        return (
                                            <td key={at}>
                                                <Cell
                                                    to={to}
                                                    text={text}
                                                    part={Math.sqrt(count / week.most)}
                                                    at={`${day}-${at}`}
                                                    focused={focus[0] === day && focus[1] === at}
                                                    onFocus={() => setFocus([day, at])}
                                                />
                                            </td>
                                        );
                                    })}
                                </tr>
                            ))}
                        </tbody>
                    </table>
                    <div className="vg-heat-key" aria-hidden="true">
                        <span>0</span>
                        {[0, 0.25, 0.5, 0.75, 1].map((part) => (
                            <i key={part} style={{ '--vg-heat': part } as CSSProperties} />
                        ))}
                        <span>{intl.formatNumber(week.most)}</span>
                    </div>
                </>
            )}
        </Container>
    );
}

function Cell({
    to,
    text,
    part,
    at,
    focused,
    onFocus,
}: {
    to: string | null;
    text: string;
    /** How full its colour is, 0 to 1. */
    part: number;
    at: string;
    focused: boolean;
    onFocus: () => void;
}) {
    const shared = {
        className: 'vg-heat-cell',
        'data-cell': at,
        tabIndex: focused ? 0 : -1,
        title: text,
        style: { '--vg-heat': part } as CSSProperties,
        onFocus,
    };
    const hidden = <span className="vg-hidden">{text}</span>;
    return to ? (
        <Link to={to} {...shared}>
            {hidden}
        </Link>
    ) : (
        <div {...shared}>{hidden}</div>
    );
}

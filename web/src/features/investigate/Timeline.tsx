import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { useText } from '~/app/intl';
import { useKeys } from '~/app/keys';
import { useUrl } from '~/app/url';
import type { Pin } from '~/ui/cases';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { Loading } from '~/ui/Loading';
import { Severity } from '~/ui/Severity';
import { type GridColumn, VGrid } from '~/ui/VGrid';
import { When } from '~/ui/When';
import { type Entry, type Span, timelineQuery } from './data';
import { useTitle } from './said';
import { type Subject, timelineOf } from './subject';

interface Props {
    subject: Subject;
    span: Span;
    /** The event, or `alert:` and the alert, that is open beside it. */
    open: string;
    onOpen(id: string | null): void;
    onPin(pin: Omit<Pin, 'note'>): void;
}

const openOf = (entry: Entry) => (entry.kind === 'alert' ? `alert:${entry.id}` : entry.id);

/** Events of all sources and the alerts that they raised, in the order of time. */
export function Timeline({ subject, span, open, onOpen, onPin }: Props) {
    const t = useText();
    const titled = useTitle();
    const { get, set } = useUrl();
    const whole = timelineOf(subject) !== null;
    const order = whole && get('order') === 'oldest' ? 'oldest' : 'newest';
    const show = get('show', 'all');
    const pages = useInfiniteQuery(timelineQuery(subject, span, order));
    const rows = useMemo(() => {
        const all = pages.data?.pages.flatMap(({ entries }) => entries) ?? [];
        return show === 'all' ? all : all.filter(({ kind }) => kind === (show === 'alerts' ? 'alert' : 'event'));
    }, [pages.data, show]);
    const { fetchNextPage, isFetchingNextPage, hasNextPage } = pages;
    const onRange = useCallback(
        (_first: number, last: number) => {
            if (hasNextPage && !isFetchingNextPage && last >= rows.length - 40) fetchNextPage();
        },
        [hasNextPage, isFetchingNextPage, fetchNextPage, rows.length],
    );
    const at = rows.findIndex((one) => openOf(one) === open);
    const step = (by: number) => {
        const next = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + by))];
        if (next) onOpen(openOf(next));
    };
    useKeys([
        { id: 'investigate.next', keys: 'j', run: () => step(1), keyOnly: true },
        { id: 'investigate.previous', keys: 'k', run: () => step(-1), keyOnly: true },
        {
            id: 'investigate.pin',
            keys: 'p',
            keyOnly: true,
            disabled: at < 0,
            run: () => rows[at] && onPin(pinOf(rows[at])),
        },
    ]);
    const columns: GridColumn<Entry>[] = [
        { id: 'time', header: t('ui.time'), width: 130, cell: (one) => <When time={one.last} as="short" /> },
        {
            id: 'source',
            header: t('investigate.source'),
            width: 90,
            cell: (one) => (one.severity === null ? one.type : <Severity level={one.severity} />),
        },
        {
            id: 'pin',
            header: <span className="vg-hidden">{t('investigate.pin')}</span>,
            width: 44,
            cell: (one) => (
                // The row would open otherwise.
                // biome-ignore lint/a11y/useKeyWithClickEvents: keeps the click of the button from the row
                <span onClick={(event) => event.stopPropagation()}>
                    <Button
                        variant="inline-icon"
                        iconName="add-plus"
                        ariaLabel={t('investigate.pin.one', { title: titled(one) })}
                        onClick={() => onPin(pinOf(one))}
                    />
                </span>
            ),
        },
        {
            id: 'what',
            header: t('investigate.what'),
            width: 220,
            cell: (one) => (
                <span title={titled(one)}>
                    {one.count > 1 && <b>{t('investigate.times', { count: one.count })} </b>}
                    {one.kind === 'alert' ? <b>{one.title}</b> : titled(one)}
                </span>
            ),
        },
    ];
    if (pages.error && !pages.data) return <ErrorBox error={pages.error} retry={() => pages.refetch()} />;
    if (!pages.data) return <Loading rows={10} />;
    const incomplete = pages.data.pages.some(({ complete }) => !complete);
    return (
        <SpaceBetween size="s">
            <div className="vg-timeline-tools">
                {whole ? (
                    <>
                        <SegmentedControl
                            label={t('investigate.show')}
                            selectedId={show}
                            options={['all', 'alerts', 'events'].map((id) => ({
                                id,
                                text: t(`investigate.show.${id}`),
                            }))}
                            onChange={({ detail }) =>
                                set({ show: detail.selectedId === 'all' ? null : detail.selectedId })
                            }
                        />
                        <SegmentedControl
                            label={t('investigate.order')}
                            selectedId={order}
                            options={['newest', 'oldest'].map((id) => ({ id, text: t(`investigate.order.${id}`) }))}
                            onChange={({ detail }) =>
                                set({ order: detail.selectedId === 'newest' ? null : detail.selectedId })
                            }
                        />
                    </>
                ) : (
                    <Box color="text-body-secondary">{t('investigate.timeline.plain')}</Box>
                )}
                <Box color="text-body-secondary">
                    {t('investigate.lines', { count: rows.length, more: hasNextPage ? 'yes' : 'no' })}
                </Box>
            </div>
            {pages.error && <ErrorBox error={pages.error} retry={() => fetchNextPage()} />}
            {incomplete && <Alert type="warning">{t('investigate.incomplete')}</Alert>}
            <VGrid
                label={t('investigate.tab.timeline')}
                columns={columns}
                count={rows.length}
                row={(index) => rows[index]}
                rowKey={openOf}
                onRange={onRange}
                selected={open || null}
                onSelect={(one) => onOpen(openOf(one))}
                height="max(320px, calc(100vh - 340px))"
                empty={
                    hasNextPage ? (
                        <Button loading={isFetchingNextPage} onClick={() => fetchNextPage()}>
                            {t('investigate.further')}
                        </Button>
                    ) : (
                        <Empty title={t('investigate.none')} text={t('investigate.none.what')} />
                    )
                }
            />
        </SpaceBetween>
    );
}

const pinOf = ({ kind, id, last, title }: Entry): Omit<Pin, 'note'> => ({ kind, id, time: last, title });

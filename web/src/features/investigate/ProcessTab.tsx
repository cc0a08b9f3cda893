import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Schemas } from '~/api/client';
import { useText } from '~/app/intl';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { Loading } from '~/ui/Loading';
import { processQuery, type Span, startsMax, startsQuery } from './data';
import { ProcessTree } from './ProcessTree';
import { dimensionOf, filterOf, type Subject } from './subject';
import { forest, processOf } from './tree';

interface Props {
    subject: Subject;
    span: Span;
    event?: Schemas['ShownEvent'];
    onOpen(event: string): void;
}

/** Of a process the chain that it descends from; of anything else the processes that started in the span. */
export function ProcessTab({ subject, span, event, onOpen }: Props) {
    const pid = dimensionOf(subject) === 'process' ? subject.value : null;
    if (pid !== null && subject.host && /^\d{1,10}$/.test(pid))
        return <Chain host={subject.host} pid={Number(pid)} at={event?.time ?? span.until} onOpen={onOpen} />;
    return <Starts subject={subject} span={span} onOpen={onOpen} />;
}

function Chain({ host, pid, at, onOpen }: { host: string; pid: number; at: string; onOpen: Props['onOpen'] }) {
    const t = useText();
    const chain = useQuery(processQuery(host, pid, at));
    if (chain.error) return <ErrorBox error={chain.error} retry={() => chain.refetch()} />;
    if (!chain.data) return <Loading />;
    const { process, ancestors, more_ancestors } = chain.data;
    return (
        <SpaceBetween size="s">
            <Box color="text-body-secondary">
                {t('investigate.tree.chain', { count: ancestors.length })}
                {more_ancestors && ` ${t('investigate.tree.ancestors')}`}
            </Box>
            <ProcessTree chain={ancestors.toReversed()} roots={[{ process, children: [] }]} onOpen={onOpen} />
        </SpaceBetween>
    );
}

function Starts({ subject, span, onOpen }: Omit<Props, 'event'>) {
    const t = useText();
    const starts = useQuery(startsQuery(filterOf(subject), span));
    const roots = useMemo(
        () => forest((starts.data?.events ?? []).map(processOf).filter((one) => one !== null)).reverse(),
        [starts.data],
    );
    if (starts.error) return <ErrorBox error={starts.error} retry={() => starts.refetch()} />;
    if (!starts.data) return <Loading />;
    if (roots.length === 0) return <Empty title={t('investigate.tree.none')} text={t('investigate.tree.none.what')} />;
    return (
        <SpaceBetween size="s">
            <Box color="text-body-secondary">
                {t('investigate.tree.starts', { count: starts.data.events.length })}
                {starts.data.more && ` ${t('investigate.tree.latest', { count: startsMax })}`}
            </Box>
            <ProcessTree roots={roots} onOpen={onOpen} />
        </SpaceBetween>
    );
}

import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Input from '@cloudscape-design/components/input';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useText } from '~/app/intl';
import { type Range, rangePatch } from '~/app/range';
import { TimeRange } from '~/ui/TimeRange';
import { Explain } from './Explain';

const FilterField = lazy(() => import('~/ui/FilterField'));

/** Whole seconds since `busy` began; 0 while it is not. */
function useElapsed(busy: boolean): number {
    const [elapsed, setElapsed] = useState(0);
    useEffect(() => {
        if (!busy) return;
        const begin = Date.now();
        const timer = setInterval(() => setElapsed(Math.floor((Date.now() - begin) / 1000)), 250);
        return () => {
            clearInterval(timer);
            setElapsed(0);
        };
    }, [busy]);
    return elapsed;
}

interface Props {
    text: string;
    onText: (text: string) => void;
    /** The text is not what was searched for. */
    pending: boolean;
    /** What was searched for. */
    filter: string;
    range: Range;
    /** Left out where time is now. */
    onRange?: (patch: ReturnType<typeof rangePatch>) => void;
    onRun: () => void;
    searching: boolean;
    onCancel: () => void;
}

/** The filter, the span of time, and what begins or ends the search. */
export function SearchBar(props: Props) {
    const { text, onText, range, onRange, onRun, searching } = props;
    const t = useText();
    const elapsed = useElapsed(searching);
    const [explained, setExplained] = useState(false);
    return (
        <div>
            <div className="vg-events-filter">
                <div className="vg-events-text">
                    <Suspense
                        fallback={
                            <Input
                                value={text}
                                ariaLabel={t('events.filter')}
                                onChange={({ detail }) => onText(detail.value)}
                            />
                        }
                    >
                        <FilterField
                            value={text}
                            onChange={onText}
                            onSubmit={onRun}
                            label={t('events.filter')}
                            placeholder={t('events.filter.example')}
                        />
                    </Suspense>
                </div>
                {onRange && <TimeRange value={range} onChange={(next) => onRange(rangePatch(next))} />}
                {elapsed > 0 ? (
                    <Button onClick={props.onCancel}>{t('events.cancel', { elapsed })}</Button>
                ) : (
                    <Button variant="primary" iconName="search" onClick={onRun}>
                        {t('events.search')}
                    </Button>
                )}
            </div>
            {(props.pending || props.filter) && (
                <div className="vg-events-tools">
                    <Box color="text-body-secondary" fontSize="body-s">
                        {props.pending && t('events.pending')}
                    </Box>
                    {props.filter && (
                        <Button variant="inline-link" ariaExpanded={explained} onClick={() => setExplained(!explained)}>
                            {t('events.plan')}
                        </Button>
                    )}
                </div>
            )}
            {explained && props.filter && <Explain filter={props.filter} />}
        </div>
    );
}

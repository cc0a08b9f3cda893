import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { useText } from '~/app/intl';
import type { Tail } from './useTail';

const indicators: Record<Tail['state'], StatusIndicatorProps.Type> = {
    opening: 'pending',
    open: 'success',
    lost: 'warning',
    refused: 'error',
};

interface Props {
    tail: Tail;
    paused: boolean;
    onPause: (paused: boolean) => void;
    /** Shows what waits. */
    onShow: () => void;
}

/** How a live tail does: whether it runs, how much comes, and what waits to be shown. */
export function LiveBar({ tail, paused, onPause, onShow }: Props) {
    const t = useText();
    return (
        <div className="vg-events-live">
            <SpaceBetween direction="horizontal" size="m" alignItems="center">
                <Button iconName={paused ? 'play' : 'pause'} onClick={() => onPause(!paused)}>
                    {t(paused ? 'events.live.go' : 'events.live.pause')}
                </Button>
                <StatusIndicator type={paused ? 'stopped' : indicators[tail.state]}>
                    {t(paused ? 'events.live.paused' : `events.live.${tail.state}`)}
                </StatusIndicator>
                <Box color="text-body-secondary">{t('events.live.rate', { rate: tail.rate })}</Box>
                {tail.missed > 0 && (
                    <Box color="text-status-warning">{t('events.live.missed', { count: tail.missed })}</Box>
                )}
            </SpaceBetween>
            {tail.waiting > 0 && (
                <Button iconName="angle-up" onClick={onShow}>
                    {t('events.newer', { count: tail.waiting })}
                </Button>
            )}
        </div>
    );
}

import ExpandableSection from '@cloudscape-design/components/expandable-section';
import type { UseQueryResult } from '@tanstack/react-query';
import { useText } from '~/app/intl';
import { usePagePreference } from '~/app/preferences';
import { type Bar, Histogram } from '~/ui/Histogram';
import { Loading } from '~/ui/Loading';

interface Props {
    bars: UseQueryResult<{ seconds: number; bars: Bar[] }>;
    onSelect: (from: string, until: string) => void;
    onWiden: () => void;
}

/** When the events happened. Whether it is shown is kept for the person. */
export function OverTime({ bars, onSelect, onWiden }: Props) {
    const t = useText();
    const [shown, setShown] = usePagePreference('events.histogram.shown', true);
    return (
        <ExpandableSection
            headerText={t('events.over-time')}
            headingTagOverride="h2"
            variant="footer"
            expanded={shown}
            onChange={({ detail }) => setShown(detail.expanded)}
        >
            {bars.data ? (
                <Histogram
                    title={t('events.title')}
                    bars={bars.data.bars}
                    width={bars.data.seconds}
                    height={90}
                    onSelect={onSelect}
                    onWiden={onWiden}
                />
            ) : (
                bars.isFetching && <Loading rows={3} />
            )}
        </ExpandableSection>
    );
}

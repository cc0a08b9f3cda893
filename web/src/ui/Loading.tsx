import Skeleton from '@cloudscape-design/components/skeleton';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useText } from '~/app/intl';

/** The shape of what is to come. */
export function Loading({ rows = 4 }: { rows?: number }) {
    const t = useText();
    return (
        <div role="status" aria-label={t('ui.loading')}>
            <SpaceBetween size="s">
                {Array.from({ length: rows }, (_, row) => (
                    <Skeleton key={row} />
                ))}
            </SpaceBetween>
        </div>
    );
}

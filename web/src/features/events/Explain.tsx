import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useText } from '~/app/intl';
import { Code } from '~/ui/Code';
import { ErrorBox } from '~/ui/ErrorBox';
import { Loading } from '~/ui/Loading';
import { planQuery } from './search';

/** How the store is asked for what the filter holds of. */
export function Explain({ filter }: { filter: string }) {
    const t = useText();
    const plan = useQuery(planQuery(filter));
    if (plan.error) return <ErrorBox error={plan.error} retry={() => plan.refetch()} />;
    if (!plan.data) return <Loading rows={2} />;
    return (
        <SpaceBetween size="xxs">
            <Box color="text-body-secondary" fontSize="body-s">
                {t(plan.data.exact ? 'events.plan.exact' : 'events.plan.narrowed')}
            </Box>
            <Code block>{plan.data.sql.trim()}</Code>
        </SpaceBetween>
    );
}

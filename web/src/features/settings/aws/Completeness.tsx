import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import { useIntl } from 'react-intl';
import { api, body, type Schemas } from '~/api/client';
import { useText } from '~/app/intl';
import { outcomeOf } from '~/ui/completeness';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { type Column, ListTable } from '~/ui/ListTable';
import { When } from '~/ui/When';

type Place = Schemas['PlaceCompleteness'];
type File = Schemas['IncompleteFile'];

const indicator = { whole: 'success', broken: 'error', unproven: 'pending' } as const;
const counts = ['verified', 'missing', 'altered', 'unsigned', 'unproven'] as const;

/** Whether all is there that CloudTrail recorded in the last seven days, as its digests say. */
export function Completeness() {
    const t = useText();
    const intl = useIntl();
    const places = useQuery({
        queryKey: ['aws-completeness'],
        queryFn: async () => (await body(api.GET('/api/v1/completeness', { params: { query: { limit: 1 } } }))).places,
        refetchInterval: 60_000,
    });
    const isBroken = places.data?.some(({ files }) => outcomeOf(files).outcome === 'broken') ?? false;
    const columns: Column<Place>[] = [
        {
            id: 'account',
            header: t('settings.aws.account'),
            cell: (one) => one.account,
            sort: (one) => one.account,
            isRowHeader: true,
        },
        { id: 'region', header: t('settings.aws.region'), cell: (one) => one.region, sort: (one) => one.region },
        {
            id: 'outcome',
            header: t('settings.state'),
            cell: ({ files }) => {
                const { outcome } = outcomeOf(files);
                return (
                    <StatusIndicator type={indicator[outcome]}>
                        {t(`settings.aws.completeness.${outcome}`)}
                    </StatusIndicator>
                );
            },
            sort: ({ files }) => outcomeOf(files).outcome,
            minWidth: 150,
        },
        ...counts.map(
            (what): Column<Place> => ({
                id: what,
                header: t(`settings.aws.completeness.${what}`),
                cell: ({ files }) => intl.formatNumber(files[what]),
                sort: ({ files }) => files[what],
            }),
        ),
    ];
    return (
        <SpaceBetween size="s">
            <ListTable
                level="h2"
                title={t('settings.aws.completeness')}
                description={t('settings.aws.completeness.what')}
                columns={columns}
                items={places.data}
                error={places.error}
                retry={() => places.refetch()}
                id={(one) => `${one.account} ${one.region}`}
                text={(one) => `${one.account} ${one.region}`}
                placeholder={t('settings.aws.completeness.find')}
                sorted="account"
                empty={
                    <Empty
                        title={t('settings.aws.completeness.none')}
                        text={t('settings.aws.completeness.none.what')}
                    />
                }
            />
            {isBroken && <Files />}
        </SpaceBetween>
    );
}

/** What is not as CloudTrail signed it, the newest first. */
function Files() {
    const t = useText();
    const files = useQuery({
        queryKey: ['aws-incomplete-files'],
        queryFn: async () =>
            (await body(api.GET('/api/v1/completeness/files', { params: { query: { limit: 100 } } }))).files,
        refetchInterval: 60_000,
    });
    return (
        <ExpandableSection headerText={t('settings.aws.completeness.files')} defaultExpanded>
            {files.error && <ErrorBox error={files.error} retry={() => files.refetch()} />}
            <SpaceBetween size="xs">
                {files.data?.map((one: File) => (
                    <div key={one.file}>
                        <StatusIndicator type={one.state === 'unsigned' ? 'pending' : 'error'}>
                            {t(`settings.aws.completeness.${one.state}`)}
                        </StatusIndicator>{' '}
                        <When time={one.hour} />
                        <div className="vg-wrap">{one.file}</div>
                        <Box color="text-body-secondary">{one.reason}</Box>
                    </div>
                ))}
            </SpaceBetween>
        </ExpandableSection>
    );
}

import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '~/api/client';
import { useText } from '~/app/intl';
import { useSession } from '~/app/session';
import { useTimes } from '~/app/time';
import { useUrl } from '~/app/url';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { Loading } from '~/ui/Loading';
import { Diff, DiffViewChoice } from './Diff';
import { historyQuery } from './data';
import { versionText } from './diff';

/** Every version with what it changed, and the way back to it. */
export function HistoryTab({ id }: { id: string }) {
    const t = useText();
    const times = useTimes();
    const client = useQueryClient();
    const { may } = useSession();
    const { get, set } = useUrl();
    const view = get('diff') === 'beside' ? 'beside' : 'unified';
    const history = useQuery(historyQuery(id));
    const restore = useMutation({
        mutationFn: (version: number) =>
            api.POST('/api/v1/rules/{id}/restore', { params: { path: { id } }, body: { version } }),
        onSettled: () => {
            client.invalidateQueries({ queryKey: ['rule', id] });
            client.invalidateQueries({ queryKey: ['rules'] });
        },
    });
    if (history.error) return <ErrorBox error={history.error} retry={() => history.refetch()} />;
    if (!history.data) return <Loading />;
    if (history.data.length === 0) return <Empty title={t('rules.history.none')} text={t('rules.history.none.text')} />;
    return (
        <SpaceBetween size="s">
            {restore.error && <ErrorBox error={restore.error} />}
            <DiffViewChoice view={view} onChange={(id) => set({ diff: id === 'unified' ? null : id })} />
            {history.data.map((one, at) => {
                const before = history.data[at + 1];
                return (
                    <ExpandableSection
                        key={one.version}
                        variant="container"
                        defaultExpanded={at === 0}
                        headerText={t(`rules.history.${one.action}`, { who: one.who })}
                        headerDescription={times.absolute(one.time)}
                        headerActions={
                            at > 0 && (
                                <Button
                                    disabled={!may('user')}
                                    loading={restore.isPending && restore.variables === one.version}
                                    onClick={() => restore.mutate(one.version)}
                                >
                                    {t('rules.restore')}
                                </Button>
                            )
                        }
                    >
                        <Diff
                            before={before ? versionText(before.body) : ''}
                            after={versionText(one.body)}
                            view={view}
                        />
                    </ExpandableSection>
                );
            })}
        </SpaceBetween>
    );
}

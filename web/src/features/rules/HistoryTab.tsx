import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '~/api/client';
import { useText } from '~/app/intl';
import { useSession } from '~/app/session';
import { useTimes } from '~/app/time';
import { Empty } from '~/ui/Empty';
import { ErrorBox } from '~/ui/ErrorBox';
import { Loading } from '~/ui/Loading';
import { diffLines, historyQuery } from './data';

/** A version as text, of which lines can be compared: a key a line, texts of several lines as they are. */
function textOf(body: Record<string, unknown>): string {
    return Object.entries(body)
        .map(([key, value]) =>
            typeof value === 'string' && value.includes('\n')
                ? `${key}:\n${value.trimEnd().replace(/^/gm, '  ')}`
                : `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
        )
        .join('\n');
}

/** Every version with what it changed, and the way back to it. */
export function HistoryTab({ id }: { id: string }) {
    const t = useText();
    const times = useTimes();
    const client = useQueryClient();
    const { may } = useSession();
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
            {history.data.map((one, at) => {
                const before = history.data[at + 1];
                const lines = diffLines(before ? textOf(before.body) : '', textOf(one.body));
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
                        <pre className="vg-code vg-diff">
                            {lines.map(({ sign, text }, line) => (
                                <span
                                    key={line}
                                    className={sign === '+' ? 'vg-diff-in' : sign === '-' ? 'vg-diff-out' : undefined}
                                >
                                    {sign} {text}
                                    {'\n'}
                                </span>
                            ))}
                        </pre>
                    </ExpandableSection>
                );
            })}
        </SpaceBetween>
    );
}

import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, versioned } from '~/api/client';
import { useText } from '~/app/intl';
import { useSession } from '~/app/session';
import { ErrorBox } from '~/ui/ErrorBox';
import type { Rule } from './data';
import { type Departure, departures } from './upstream';

/** What the organisation settled about a shipped rule against how it is shipped, and the way back. */
export function Upstream({ rule }: { rule: Rule }) {
    const t = useText();
    const client = useQueryClient();
    const { may } = useSession();
    const reset = useMutation({
        mutationFn: async () => {
            const path = { id: rule.id };
            const { etag } = await versioned(api.GET('/api/v1/rules/{id}/settings', { params: { path } }));
            await api.DELETE('/api/v1/rules/{id}/settings', { params: { path, header: { 'If-Match': etag } } });
        },
        onSettled: () => {
            client.invalidateQueries({ queryKey: ['rules'] });
            client.invalidateQueries({ queryKey: ['rule', rule.id] });
        },
    });
    const changed = departures(rule);
    if (changed.length === 0) return null;
    const textOf = ({ key }: Departure, value: number | boolean) =>
        key === 'enabled'
            ? t(value ? 'rules.status.on' : 'rules.status.off')
            : key === 'window_s'
              ? t('rules.upstream.minutes', { minutes: Math.round(Number(value) / 60) })
              : t('rules.upstream.number', { value: Number(value) });
    return (
        <Alert
            type="info"
            header={t('rules.upstream')}
            action={
                <Button disabled={!may('user')} loading={reset.isPending} onClick={() => reset.mutate()}>
                    {t('rules.upstream.reset')}
                </Button>
            }
        >
            <SpaceBetween size="xs">
                {reset.error && <ErrorBox error={reset.error} />}
                <div className="vg-code vg-diff" data-testid="upstream">
                    {changed.flatMap((one) => [
                        <div key={`-${one.key}`} className="vg-diff-out">
                            − {t(`rules.upstream.${one.key}`)}: {textOf(one, one.shipped)}
                        </div>,
                        <div key={`+${one.key}`} className="vg-diff-in">
                            + {t(`rules.upstream.${one.key}`)}: {textOf(one, one.ours)}
                        </div>,
                    ])}
                </div>
            </SpaceBetween>
        </Alert>
    );
}

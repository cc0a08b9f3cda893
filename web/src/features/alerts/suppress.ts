import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body, versioned } from '~/api/client';
import { useFlash } from '~/app/flash';
import { useText } from '~/app/intl';
import { useProblem } from '~/ui/ErrorBox';

/** The server's verdict on a filter that is asked of a rule's events; that of the editor, asked once. */
export const useCheck = (filter: string, rule: string) =>
    useQuery({
        queryKey: ['filter-check', filter, rule],
        queryFn: ({ signal }) => body(api.POST('/api/v1/filters/check', { body: { filter, rule }, signal })),
        enabled: filter !== '',
        staleTime: 60_000,
        retry: false,
    });

interface Draft {
    filter: string;
    reason: string;
    owner: string;
    expires_at: string | null;
}

/** Makes a suppression, and offers to take it back. */
export function useSuppress(rule: string) {
    const t = useText();
    const flash = useFlash();
    const problem = useProblem();
    const client = useQueryClient();
    const changed = () => {
        for (const key of [['rule', rule], ['rules'], ['suppressions']]) client.invalidateQueries({ queryKey: key });
    };
    return useMutation({
        mutationFn: ({ owner, ...draft }: Draft) =>
            versioned(
                api.POST('/api/v1/rules/{id}/suppressions', {
                    params: { path: { id: rule } },
                    body: { ...draft, ...(owner && { owner }) },
                }),
            ),
        onSuccess: ({ data, etag }) => {
            changed();
            const id = `suppression-${data.id}`;
            const undo = async () => {
                flash.drop(id);
                try {
                    await api.DELETE('/api/v1/suppressions/{id}', {
                        params: { path: { id: data.id }, header: { 'If-Match': etag } },
                    });
                    flash.push({ id, type: 'success', content: t('alerts.suppress.undone') });
                } catch (error) {
                    flash.push({ id, type: 'error', content: problem(error).text });
                }
                changed();
            };
            flash.push({
                id,
                type: 'success',
                content: t('alerts.suppress.done', { rule: data.rule_name ?? '' }),
                buttonText: t('alerts.undo'),
                onButtonClick: undo,
            });
        },
    });
}

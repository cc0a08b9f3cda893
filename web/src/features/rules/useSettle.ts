import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useFlash } from '~/app/flash';
import { useText } from '~/app/intl';
import { useProblem } from '~/ui/ErrorBox';
import { type Rule, rulesQuery, type SeverityLevel, settle } from './data';

type Change = { severity?: SeverityLevel; enabled?: boolean };

/** Settles rules at once on the screen, then on the server; what failed stands as it was, and is told. */
export function useSettle() {
    const t = useText();
    const flash = useFlash();
    const problem = useProblem();
    const client = useQueryClient();
    const { queryKey } = rulesQuery();
    return useMutation({
        mutationFn: async ({ rules, change }: { rules: readonly Rule[]; change: Change }) => {
            const failed: unknown[] = [];
            for (const rule of rules) await settle(rule, change).catch((error: unknown) => failed.push(error));
            if (failed.length > 0) throw failed[0];
            return rules.length;
        },
        onMutate: async ({ rules, change }) => {
            await client.cancelQueries({ queryKey });
            const ids = new Set(rules.map(({ id }) => id));
            client.setQueryData(queryKey, (all) => all?.map((one) => (ids.has(one.id) ? { ...one, ...change } : one)));
        },
        onSuccess: (count) => {
            if (count > 1) flash.push({ id: 'rules', type: 'success', content: t('rules.settled', { count }) });
        },
        onError: (error) =>
            flash.push({ id: 'rules', type: 'error', header: problem(error).header, content: problem(error).text }),
        onSettled: (_count, _error, { rules }) => {
            client.invalidateQueries({ queryKey: ['rules'] });
            for (const { id } of rules) client.invalidateQueries({ queryKey: ['rule', id] });
        },
    });
}

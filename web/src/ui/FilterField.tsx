import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { api, body, type Schemas } from '~/api/client';
import { fieldsQuery } from '~/api/queries';
import { useSettled } from '~/app/useSettled';
import { cataloguesOf, type Extra, fieldsOf, sourcesOf } from '~/filter/catalogue';
import { atOnce, isUnfinished, ofServer } from '~/filter/check';
import { valuesMax } from '~/filter/complete';
import type { Diagnostic } from '~/filter/tokens';
import FilterEditor from './FilterEditor';

interface Props {
    value: string;
    onChange: (text: string) => void;
    /** Enter, or Ctrl+Enter where the editor is multiline. */
    onSubmit?: () => void;
    label: string;
    multiline?: boolean;
    readOnly?: boolean;
    placeholder?: string;
    /** The id of a rule whose events are asked; its type decides which fields there are. */
    rule?: string;
    /** The type of rules whose events are asked, where there is no rule yet. */
    type?: Schemas['RuleType'];
    /** Fields that there are beside those of events, as those of alerts in the filter of a channel. */
    extra?: readonly Extra[];
}
const none: readonly Extra[] = [];

/** So long nothing is typed before the server is asked, ms. */
const pause = 250;
/** So long before somebody is told that the text is not at its end, ms. */
const rest = 1200;

/** The editor of a filter with all that it needs: fields, lists, values that were seen, and the server's verdict. Load it lazily. */
export default function FilterField({ rule, type, extra = none, ...props }: Props) {
    const { value } = props;
    const client = useQueryClient();
    const settled = useSettled(value, pause);
    const rested = useSettled(value, rest);
    const fields = useQuery(fieldsQuery());
    const lists = useQuery({
        queryKey: ['lists', 'names'],
        queryFn: () => body(api.GET('/api/v1/lists')),
        staleTime: 60_000,
    });
    const asked = { ...(rule ? { rule } : {}), ...(type ? { type } : {}) };
    const verdict = useQuery({
        queryKey: ['filter-check', settled, asked],
        queryFn: ({ signal }) =>
            body(api.POST('/api/v1/filters/check', { body: { filter: settled, ...asked }, signal })),
        enabled: settled.trim() !== '',
        staleTime: 60_000,
        retry: false,
    });
    const sources = useMemo(() => (fields.data ? sourcesOf(fields.data, type) : null), [fields.data, type]);
    const names = useMemo(() => lists.data?.lists.map((one) => one.name) ?? null, [lists.data]);
    const catalogues = useMemo(() => (sources ? cataloguesOf(sources, extra) : null), [sources, extra]);

    const diagnostics = useMemo(() => {
        if (value.trim() === '') return [];
        // The server's check knows the fields of events alone.
        const isExtra = ({ level, from, to }: Diagnostic) =>
            level !== 'error' && extra.some(({ name }) => name === value.slice(from, to));
        const found =
            value === settled && verdict.data
                ? ofServer(value, verdict.data.diagnostics)
                : // Of a rule, the server knows which fields there are.
                  atOnce(value, { catalogues: rule ? null : catalogues, lists: names });
        return found.filter((one) => !isExtra(one) && (value === rested || !isUnfinished(one)));
    }, [value, settled, rested, verdict.data, extra, rule, catalogues, names]);

    const values = useCallback(
        async (field: string, prefix: string) => {
            if (extra.some(({ name }) => name === field)) return [];
            const query = { field, prefix, limit: valuesMax };
            const found = await client.fetchQuery({
                queryKey: ['field-values', field, prefix],
                queryFn: () => body(api.GET('/api/v1/fields/values', { params: { query } })),
                staleTime: 60_000,
                retry: false,
            });
            return found.values;
        },
        [extra, client],
    );
    return (
        <FilterEditor
            {...props}
            fields={useMemo(
                () => (fields.data && sources ? fieldsOf(fields.data, sources, extra) : []),
                [fields.data, sources, extra],
            )}
            lists={names ?? []}
            values={values}
            diagnostics={diagnostics}
        />
    );
}

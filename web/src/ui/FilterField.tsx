import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { api, body } from '~/api/client';
import { atOnce, ofServer } from '~/filter/check';
import FilterEditor from './FilterEditor';

interface Props {
    value: string;
    onChange: (text: string) => void;
    onSubmit?: () => void;
    label: string;
    multiline?: boolean;
    readOnly?: boolean;
    placeholder?: string;
    /** The id of a rule whose events are asked; its type decides which fields there are. */
    rule?: string;
}

/** So long nothing is typed before the server is asked, ms. */
const pause = 250;

/** The editor of a filter with all that it needs: fields, lists, values that were seen, and the server's verdict. Load it lazily. */
export default function FilterField({ rule, ...props }: Props) {
    const { value } = props;
    const [settled, setSettled] = useState(value);
    useEffect(() => {
        const timer = setTimeout(() => setSettled(value), pause);
        return () => clearTimeout(timer);
    }, [value]);
    const fields = useQuery({
        queryKey: ['fields'],
        queryFn: () => body(api.GET('/api/v1/fields')),
        staleTime: Number.POSITIVE_INFINITY,
    });
    const lists = useQuery({
        queryKey: ['lists', 'names'],
        queryFn: () => body(api.GET('/api/v1/lists')),
        staleTime: 60_000,
    });
    const verdict = useQuery({
        queryKey: ['filter-check', settled, rule ?? ''],
        queryFn: ({ signal }) =>
            body(api.POST('/api/v1/filters/check', { body: { filter: settled, ...(rule ? { rule } : {}) }, signal })),
        enabled: settled.trim() !== '',
        staleTime: 60_000,
        retry: false,
    });
    const diagnostics = useMemo(() => {
        if (value.trim() === '') return [];
        if (value === settled && verdict.data) return ofServer(value, verdict.data.diagnostics);
        return atOnce(value);
    }, [value, settled, verdict.data]);
    const values = useCallback(async (field: string, prefix: string) => {
        const found = await body(api.GET('/api/v1/fields/values', { params: { query: { field, prefix, limit: 30 } } }));
        return found.values;
    }, []);
    return (
        <FilterEditor
            {...props}
            fields={useMemo(
                () => (fields.data?.columns ?? []).map((one) => ({ name: one.field, meaning: one.meaning })),
                [fields.data],
            )}
            lists={useMemo(() => (lists.data?.lists ?? []).map((one) => one.name), [lists.data])}
            values={values}
            diagnostics={diagnostics}
        />
    );
}

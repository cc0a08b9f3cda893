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
    /** Fields that there are beside those of events, as those of alerts in the filter of a channel. */
    extra?: readonly { name: string; meaning: string }[];
}
const none: NonNullable<Props['extra']> = [];

/** So long nothing is typed before the server is asked, ms. */
const pause = 250;

/** The editor of a filter with all that it needs: fields, lists, values that were seen, and the server's verdict. Load it lazily. */
export default function FilterField({ rule, extra = none, ...props }: Props) {
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
        if (value === settled && verdict.data)
            // The server's check knows the fields of events alone.
            return ofServer(value, verdict.data.diagnostics).filter(
                ({ level, from, to }) => level === 'error' || !extra.some(({ name }) => name === value.slice(from, to)),
            );
        return atOnce(value);
    }, [value, settled, verdict.data, extra]);
    const values = useCallback(
        async (field: string, prefix: string) => {
            if (extra.some(({ name }) => name === field)) return [];
            const query = { field, prefix, limit: 30 };
            return (await body(api.GET('/api/v1/fields/values', { params: { query } }))).values;
        },
        [extra],
    );
    return (
        <FilterEditor
            {...props}
            fields={useMemo(
                () => [
                    ...(fields.data?.columns ?? []).map((one) => ({ name: one.field, meaning: one.meaning })),
                    ...extra,
                ],
                [fields.data, extra],
            )}
            lists={useMemo(() => (lists.data?.lists ?? []).map((one) => one.name), [lists.data])}
            values={values}
            diagnostics={diagnostics}
        />
    );
}

import Input from '@cloudscape-design/components/input';
import { useEffect, useRef, useState } from 'react';
import { useSettled } from '~/app/useSettled';

/** So long nothing is typed before it is told, ms. */
const pause = 200;

/** A search that keeps what is typed, however long it takes until the view, whose URL has it, follows. */
export function SearchBox({
    value,
    label,
    onChange,
}: {
    value: string;
    label: string;
    onChange: (value: string) => void;
}) {
    const [draft, setDraft] = useState(value);
    const settled = useSettled(draft, pause);
    /** What was told, until it comes back as the value. */
    const told = useRef<string[]>([value]);
    // biome-ignore lint/correctness/useExhaustiveDependencies: what is typed is told once
    useEffect(() => {
        if (settled === told.current.at(-1)) return;
        told.current.push(settled);
        onChange(settled);
    }, [settled]);
    useEffect(() => {
        const at = told.current.indexOf(value);
        told.current = at < 0 ? [value] : told.current.slice(at);
        if (at < 0) setDraft(value);
    }, [value]);
    return (
        <Input
            type="search"
            value={draft}
            placeholder={label}
            ariaLabel={label}
            onChange={({ detail }) => setDraft(detail.value)}
        />
    );
}

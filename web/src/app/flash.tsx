import type { FlashbarProps } from '@cloudscape-design/components/flashbar';
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';

type Item = Omit<FlashbarProps.MessageDefinition, 'id' | 'onDismiss' | 'dismissible'> & { id?: string };

interface Held {
    items: FlashbarProps.MessageDefinition[];
    /** Shows a message over the page; one of the same id is replaced. Returns the id, for `drop`. */
    push(item: Item): string;
    drop(id: string): void;
}
const Context = createContext<Held | null>(null);
let last = 0;

export function FlashProvider({ children }: { children: ReactNode }) {
    const [items, setItems] = useState<FlashbarProps.MessageDefinition[]>([]);
    const drop = useCallback((id: string) => setItems((all) => all.filter((one) => one.id !== id)), []);
    const push = useCallback(
        (item: Item) => {
            const id = item.id ?? `flash-${++last}`;
            const shown = { ...item, id, dismissible: true, onDismiss: () => drop(id) };
            setItems((all) => [shown, ...all.filter((one) => one.id !== id)].slice(0, 5));
            return id;
        },
        [drop],
    );
    const held = useMemo(() => ({ items, push, drop }), [items, push, drop]);
    return <Context.Provider value={held}>{children}</Context.Provider>;
}

export function useFlash(): Held {
    const held = useContext(Context);
    if (!held) throw new Error('useFlash outside of FlashProvider');
    return held;
}

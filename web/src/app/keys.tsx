import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';

/** Something a key does, and the command list too. */
export interface Command {
    /** Its text is the message `keys.<id>`, or `label`. */
    id: string;
    /** As people read it: 'j', '?', 'g a' (one after the other), 'Ctrl+k', 'Enter'. Left out: only in the command list. */
    keys?: string;
    label?: string;
    run(): void;
    /** Not offered in the command list, as it makes sense only with a row in focus. */
    keyOnly?: boolean;
    disabled?: boolean;
}

interface Registry {
    add(scope: symbol, commands: readonly Command[]): void;
    remove(scope: symbol): void;
    all(): Command[];
}

const Context = createContext<Registry | null>(null);

function typing(target: EventTarget | null): boolean {
    if (!(target instanceof HTMLElement)) return false;
    return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}

function chord(event: KeyboardEvent): string {
    if (event.ctrlKey || event.metaKey) return `Ctrl+${event.key.toLowerCase()}`;
    if (event.altKey) return `Alt+${event.key.toLowerCase()}`;
    return event.key;
}

/** Sequences like 'g a' must come within this time, ms. */
const sequenceMax = 1000;

export function KeysProvider({ children }: { children: ReactNode }) {
    const scopes = useRef(new Map<symbol, readonly Command[]>());
    const registry = useMemo<Registry>(
        () => ({
            add: (scope, commands) => void scopes.current.set(scope, commands),
            remove: (scope) => void scopes.current.delete(scope),
            all: () => [...scopes.current.values()].reverse().flat(),
        }),
        [],
    );
    useEffect(() => {
        let before = '';
        let at = 0;
        const listen = (event: KeyboardEvent) => {
            if (event.defaultPrevented || event.isComposing) return;
            const pressed = chord(event);
            const control = pressed.startsWith('Ctrl+');
            if (!control && typing(event.target)) return;
            // A dialog keeps its keys to itself.
            if (!control && document.querySelector('body > div > [role="dialog"]')) return;
            const interactive =
                event.target instanceof HTMLElement &&
                event.target.closest('button, a, [role="tab"], [role="menuitem"]');
            if (interactive && (pressed === 'Enter' || pressed === ' ')) return;
            const sequence = event.timeStamp - at < sequenceMax && before ? `${before} ${pressed}` : '';
            const commands = registry.all().filter((one) => one.keys && !one.disabled);
            const found = commands.find((one) => one.keys === sequence) ?? commands.find((one) => one.keys === pressed);
            before = found ? '' : pressed;
            at = event.timeStamp;
            if (!found) return;
            event.preventDefault();
            found.run();
        };
        document.addEventListener('keydown', listen);
        return () => document.removeEventListener('keydown', listen);
    }, [registry]);
    return <Context.Provider value={registry}>{children}</Context.Provider>;
}

/** Offers commands as long as the component stands. The latest `run` of each is called. */
export function useKeys(commands: readonly Command[]): void {
    const registry = useContext(Context);
    const [scope] = useState(() => Symbol('keys'));
    useEffect(() => {
        registry?.add(scope, commands);
    });
    useEffect(() => () => registry?.remove(scope), [registry, scope]);
}

export function useCommands(): () => Command[] {
    const registry = useContext(Context);
    return () => registry?.all() ?? [];
}

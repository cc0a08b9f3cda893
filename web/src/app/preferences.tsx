import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { api, versioned } from '~/api/client';

export type Language = 'en' | 'pt-BR';
export type Theme = 'light' | 'dark' | 'system';
export type Zone = 'local' | 'utc';

/** What a person settles about the console. Kept by the server for those who are signed in, and by the browser for the first paint. */
export interface Preferences {
    language: Language;
    theme: Theme;
    zone: Zone;
    density: 'comfortable' | 'compact';
    navigationOpen: boolean;
    splitPosition: 'side' | 'bottom' | 'auto';
    /** Whether to take an alert on oneself when one begins to work on it. */
    assignOnOpen: boolean;
    /** What a page keeps of its own: columns, page size, collapsed parts. */
    pages: Record<string, unknown>;
}

const storageKey = 'vigia.preferences';

function initial(): Preferences {
    const kept = (() => {
        try {
            return JSON.parse(localStorage.getItem(storageKey) ?? '{}') as Partial<Preferences>;
        } catch {
            return {};
        }
    })();
    return {
        language: navigator.language.toLowerCase().startsWith('pt') ? 'pt-BR' : 'en',
        theme: 'system',
        zone: 'local',
        density: 'comfortable',
        navigationOpen: true,
        splitPosition: 'auto',
        assignOnOpen: false,
        pages: {},
        ...kept,
    };
}

interface Held {
    preferences: Preferences;
    set(patch: Partial<Preferences>): void;
    /** Takes what the server keeps; called once somebody is signed in. */
    load(): Promise<void>;
}

const Context = createContext<Held | null>(null);

export function PreferencesProvider({ children }: { children: ReactNode }) {
    const [preferences, setPreferences] = useState(initial);
    const signedIn = useRef(false);
    const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

    const keep = useCallback((next: Preferences) => {
        localStorage.setItem(storageKey, JSON.stringify(next));
        if (!signedIn.current) return;
        clearTimeout(timer.current);
        timer.current = setTimeout(() => {
            // The last tab that changes something wins; what fails is kept by the browser.
            api.PUT('/api/v1/preferences', { body: { ...next } as never }).catch(() => undefined);
        }, 600);
    }, []);

    const set = useCallback(
        (patch: Partial<Preferences>) =>
            setPreferences((before) => {
                const next = { ...before, ...patch };
                keep(next);
                return next;
            }),
        [keep],
    );

    const load = useCallback(async () => {
        signedIn.current = true;
        const { data } = await versioned(api.GET('/api/v1/preferences'));
        setPreferences((before) => {
            const next = { ...before, ...(data as Partial<Preferences>) };
            localStorage.setItem(storageKey, JSON.stringify(next));
            return next;
        });
    }, []);

    const dark = useDark(preferences.theme);
    useEffect(() => {
        document.body.classList.toggle('awsui-dark-mode', dark);
        document.body.classList.toggle('awsui-compact-mode', preferences.density === 'compact');
        document.documentElement.style.colorScheme = dark ? 'dark' : 'light';
    }, [dark, preferences.density]);

    const held = useMemo(() => ({ preferences, set, load }), [preferences, set, load]);
    return <Context.Provider value={held}>{children}</Context.Provider>;
}

export function usePreferences(): Held {
    const held = useContext(Context);
    if (!held) throw new Error('usePreferences outside of PreferencesProvider');
    return held;
}

/** What one page keeps, by a name of its own, with a default. */
export function usePagePreference<T>(name: string, fallback: T): [T, (value: T) => void] {
    const { preferences, set } = usePreferences();
    const value = (preferences.pages[name] as T | undefined) ?? fallback;
    const pages = preferences.pages;
    const change = useCallback((next: T) => set({ pages: { ...pages, [name]: next } }), [set, pages, name]);
    return [value, change];
}

const query = () => globalThis.matchMedia?.('(prefers-color-scheme: dark)');

/** Whether the theme comes out dark, here and now. */
export function useDark(theme: Theme): boolean {
    const [system, setSystem] = useState(() => query()?.matches ?? false);
    useEffect(() => {
        const list = query();
        const follow = () => setSystem(list.matches);
        list?.addEventListener('change', follow);
        return () => list?.removeEventListener('change', follow);
    }, []);
    return theme === 'dark' || (theme === 'system' && system);
}

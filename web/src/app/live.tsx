import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';
import type { Schemas } from '~/api/client';

export type LiveState = 'connecting' | 'live' | 'paused' | 'lost';
type Listener = (alert: Schemas['Alert']) => void;

interface Held {
    state: LiveState;
    listen(listener: Listener): () => void;
}
const Context = createContext<Held | null>(null);
/** A hidden tab keeps its stream this long, ms. */
const hiddenMax = 60_000;
/** Changes within this time make one refresh of the counts, ms. */
const refreshEvery = 400;

/** One stream of alerts for the whole console. The browser goes on from the last event that it saw. */
export function LiveProvider({ children }: { children: ReactNode }) {
    const client = useQueryClient();
    const [state, setState] = useState<LiveState>('connecting');
    const listeners = useRef(new Set<Listener>());

    useEffect(() => {
        let source: EventSource | null = null;
        let pause: ReturnType<typeof setTimeout> | undefined;
        let again: ReturnType<typeof setTimeout> | undefined;
        let refresh: ReturnType<typeof setTimeout> | undefined;
        const open = () => {
            if (source) return;
            setState('connecting');
            source = new EventSource('/api/v1/alerts/stream');
            source.onopen = () => setState('live');
            source.onerror = () => {
                setState('lost');
                // Closed for good (an answer that is no stream, as 401 or 503): tried again, slower.
                if (source?.readyState === EventSource.CLOSED) {
                    source = null;
                    clearTimeout(again);
                    again = setTimeout(open, 5000);
                }
            };
            source.addEventListener('alert', (event) => {
                const alert = JSON.parse((event as MessageEvent<string>).data) as Schemas['Alert'];
                for (const listener of listeners.current) listener(alert);
                refresh ??= setTimeout(() => {
                    refresh = undefined;
                    client.invalidateQueries({ queryKey: ['alert-counts'] });
                }, refreshEvery);
            });
        };
        const close = () => {
            source?.close();
            source = null;
            clearTimeout(again);
        };
        const watch = () => {
            clearTimeout(pause);
            if (document.hidden)
                pause = setTimeout(() => {
                    close();
                    setState('paused');
                }, hiddenMax);
            else if (!source) {
                open();
                client.invalidateQueries({ queryKey: ['alert-counts'] });
            }
        };
        open();
        document.addEventListener('visibilitychange', watch);
        return () => {
            document.removeEventListener('visibilitychange', watch);
            clearTimeout(pause);
            clearTimeout(refresh);
            close();
        };
    }, [client]);

    const held = useMemo<Held>(
        () => ({
            state,
            listen(listener) {
                listeners.current.add(listener);
                return () => void listeners.current.delete(listener);
            },
        }),
        [state],
    );
    return <Context.Provider value={held}>{children}</Context.Provider>;
}

export function useLiveState(): LiveState {
    return useContext(Context)?.state ?? 'connecting';
}

/** Calls with each alert that is raised or changed, as long as the component stands. */
export function useLiveAlerts(listener: Listener): void {
    const held = useContext(Context);
    const latest = useRef(listener);
    useEffect(() => {
        latest.current = listener;
    });
    useEffect(() => held?.listen((alert) => latest.current(alert)), [held]);
}

import { useCallback, useEffect, useRef } from 'react';

/** A function that stays the same while what it does follows the latest drawing. */
export function useStable<A extends unknown[]>(run: (...args: A) => unknown): (...args: A) => void {
    const latest = useRef(run);
    useEffect(() => {
        latest.current = run;
    });
    return useCallback((...args: A) => void latest.current(...args), []);
}

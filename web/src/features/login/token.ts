import { useEffect, useState } from 'react';
import { tokenOf } from './next';

/** The token of the link that led here; it is taken out of the address, so that the history of the browser does not keep it. */
export function useToken(): string {
    const [token] = useState(() => tokenOf(globalThis.location));
    useEffect(() => {
        if (token) globalThis.history.replaceState(globalThis.history.state, '', globalThis.location.pathname);
    }, [token]);
    return token;
}

import type { Schemas } from '~/api/client';
import type { Process } from './data';

/** Processes are told apart by when they started: numbers come again. */
export const idOf = ({ host, pid, started_at }: Pick<Process, 'host' | 'pid' | 'started_at'>) =>
    `${host} ${pid} ${started_at ?? ''}`;

const text = (event: Schemas['Event'], name: string): string | null => {
    const value = event.fields?.[name];
    return (Array.isArray(value) ? value[0] : value) || null;
};

/** An event of a start as a process; null when it says no number. What it started is not known yet: `children` is -1. */
export function processOf(event: Schemas['Event']): Process | null {
    const [pid, ppid, host] = [text(event, 'pid'), text(event, 'ppid'), text(event, 'hostname')];
    if (pid === null || host === null || !/^\d+$/.test(pid)) return null;
    return {
        host,
        pid: Number(pid),
        ppid: ppid === null ? null : Number(ppid),
        started_at: event.time,
        event_id: event.id,
        exe: text(event, 'exe'),
        arguments: text(event, 'arguments'),
        user: text(event, 'user'),
        login_user: null,
        session: text(event, 'session'),
        tty: text(event, 'tty'),
        container: text(event, 'containerId'),
        children: -1,
    };
}

export interface Node {
    process: Process;
    children: Node[];
}

/** Each under the last start of its parent's number before it; those whose parent did not start among them are the roots. */
export function forest(processes: readonly Process[]): Node[] {
    const ordered = processes.toSorted((a, b) => (a.started_at ?? '').localeCompare(b.started_at ?? ''));
    const last = new Map<string, Node>();
    const roots: Node[] = [];
    for (const process of ordered) {
        const node: Node = { process, children: [] };
        const parent = last.get(`${process.host} ${process.ppid}`);
        if (parent && process.ppid !== process.pid) parent.children.push(node);
        else roots.push(node);
        last.set(`${process.host} ${process.pid}`, node);
    }
    return roots;
}

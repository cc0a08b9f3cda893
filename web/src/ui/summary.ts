/** Of an event, what happened, by whom and from where, as far as its record says. */
export function summaryOf(record: Record<string, unknown>, type: string): { what: string; who: string; from: string } {
    const text = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
    const identity = (record.userIdentity ?? {}) as Record<string, unknown>;
    if (record.eventName)
        return {
            what: `${text(record.eventSource).replace('.amazonaws.com', '')}:${text(record.eventName)}${
                record.errorCode ? ` (${text(record.errorCode)})` : ''
            }`,
            who:
                text(identity.userName) || text(identity.arn).split('/').slice(1).join('/') || text(identity.invokedBy),
            from: text(record.sourceIPAddress),
        };
    const first = (...names: string[]) => names.map((name) => text(record[name])).find(Boolean) ?? '';
    return {
        what: first('arguments', 'exe', 'command', 'detail-type', 'filename', 'event', 'syscall') || type,
        who: first('user', 'loginuser', 'username'),
        from: first('src_ip', 'ip', 'hostname', 'host'),
    };
}

/** A filter, a path, an id: text that is the machine's. */
export function Code({ children, block }: { children: string; block?: boolean }) {
    return block ? <pre className="vg-code">{children}</pre> : <code className="vg-code">{children}</code>;
}

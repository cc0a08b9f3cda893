/** A browser and its system, as its header names them. */
export function browserOf(agent: string): string {
    // Edge and Opera name Chrome, too.
    const browser =
        /(Edg|OPR)\/(\d+)/.exec(agent) ??
        /(HeadlessChrome|Chrome|Firefox)\/(\d+)/.exec(agent) ??
        /Version\/(\d+)[.\d]* (?:Mobile\/\S+ )?(Safari)/.exec(agent);
    const name = browser && (browser[2] === 'Safari' ? ['Safari', browser[1]] : [browser[1], browser[2]]);
    const system = /(Windows|Android|iPhone|iPad|Mac OS X|CrOS|Linux)/.exec(agent)?.[1];
    if (!name) return agent.slice(0, 60);
    const known: Record<string, string> = { Edg: 'Edge', OPR: 'Opera', HeadlessChrome: 'Chrome' };
    return [`${known[name[0]!] ?? name[0]} ${name[1]}`, system].filter(Boolean).join(', ');
}

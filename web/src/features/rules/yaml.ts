import type { Rule } from './data';

/** So many rules go into one call: its address must not grow without end. */
export const exportedAtOnce = 100;

/** Whether an export has something of the rule: an own one whole, of a shipped one what was settled about it. */
export const isExported = (rule: Rule): boolean => !rule.managed || rule.version > 0;

/** The calls that export rules; one for all. */
export function exportPaths(ids: readonly string[] | 'all'): string[] {
    if (ids === 'all') return ['/api/v1/rules/export'];
    const paths: string[] = [];
    for (let at = 0; at < ids.length; at += exportedAtOnce)
        paths.push(
            `/api/v1/rules/export?${ids
                .slice(at, at + exportedAtOnce)
                .map((id) => `rule=${encodeURIComponent(id)}`)
                .join('&')}`,
        );
    return paths;
}

export interface YamlFile {
    name: string;
    text: string;
}

/** How a file that was chosen is called: within its folder, which says the ruleset, where a folder was chosen. */
export const nameOf = (file: Pick<File, 'name' | 'webkitRelativePath'>): string => file.webkitRelativePath || file.name;

export const isYaml = (name: string): boolean => /\.ya?ml$/i.test(name);

/** The sign of each line of a unified diff. */
export function linesOf(diff: string): { sign: '+' | '-' | '@' | ' '; text: string }[] {
    if (!diff) return [];
    return diff
        .split('\n')
        .slice(0, diff.endsWith('\n') ? -1 : undefined)
        .map((line) => {
            const sign = line[0];
            return sign === '+' || sign === '-'
                ? { sign, text: line.slice(1) }
                : line.startsWith('@@')
                  ? { sign: '@' as const, text: line }
                  : { sign: ' ' as const, text: line.slice(1) };
        });
}

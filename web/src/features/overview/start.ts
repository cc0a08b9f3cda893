import { shellQuoted } from '~/app/text';

/** Where the first events come from. */
export const ways = ['sample', 'http', 'folder', 'aws'] as const;
export type Way = (typeof ways)[number];

/** What stands for the key in a line as long as none was made. */
export const keyHere = 'YOUR_KEY';

/** Sends the sample trail, of as many days as events are kept. */
export function sampleCommand(origin: string, key: string, retentionDays: number | undefined): string {
    const days = Math.max(2, Math.min(60, retentionDays ?? 60));
    return [
        `export VIGIA_KEY=${shellQuoted(key)}`,
        `python3 tools/sample_trail.py --days ${days} | split --lines 4000 --filter \\`,
        `  'curl -sS -H "Authorization: Bearer $VIGIA_KEY" --data-binary @- ${origin}/api/v1/events'`,
    ].join('\n');
}

export function httpCommand(origin: string, key: string): string {
    const url = shellQuoted(`${origin}/api/v1/events`);
    return `curl -sS -H ${shellQuoted(`Authorization: Bearer ${key}`)} --data-binary @trail.json.gz ${url}`;
}

/** A watched folder as the file of settings says it; in JSON, which YAML contains, so that no name breaks out. */
export function folderSetting(organisation: string, folder: string): string {
    return `watch: [${JSON.stringify(`${organisation}=${folder}`)}]`;
}

export function folderOption(organisation: string, folder: string): string {
    return `--watch ${shellQuoted(`${organisation}=${folder}`)}`;
}

export function syncCommand(folder: string): string {
    return `aws s3 sync s3://YOUR_TRAIL_BUCKET/AWSLogs ${shellQuoted(folder)}`;
}

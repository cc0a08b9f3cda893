import type { Schemas } from '~/api/client';
import { link } from '~/app/url';
import { conditionOf } from '~/filter';

/** What the inventory holds, by the names that its pages have. */
export interface Items {
    accounts: Schemas['AccountSeen'];
    hosts: Schemas['HostSeen'];
    containers: Schemas['ContainerSeen'];
    images: Schemas['ImageSeen'];
}
export type Kind = keyof Items;
export const kinds: readonly Kind[] = ['accounts', 'hosts', 'containers', 'images'];

export const kindOf = (text: string | undefined): Kind | undefined => kinds.find((one) => one === text);

/** What names an item: the id of its page, and the field and value by which its events are found. */
export interface Identity {
    id: string;
    /** For people. */
    name: string;
    field: string;
    value: string;
}

const identities: { [K in Kind]: (item: Items[K]) => Identity } = {
    accounts: ({ id }) => ({ id, name: id, field: 'accountId', value: id }),
    // The id is the agent's, or the name where its events name no agent.
    hosts: ({ id, name }) => ({
        id,
        name: name ?? id,
        ...(name === null || name === id ? { field: 'host', value: id } : { field: 'agent_id', value: id }),
    }),
    containers: ({ id, name }) => ({ id, name: name ?? id.slice(0, 12), field: 'containerId', value: id }),
    images: ({ image }) => ({ id: image, name: image, field: 'containerImage', value: image }),
};

export function identityOf<K extends Kind>(kind: K, item: Items[K]): Identity {
    return identities[kind](item);
}

/** The page of an item. */
export const itemPath = (kind: Kind, id: string) => `/inventory/${kind}/${encodeURIComponent(id)}`;

export const eventsPath = ({ field, value }: Identity, range: Record<string, string | null> = {}) =>
    link('/events', { filter: conditionOf(field, value), ...range });

export const investigatePath = ({ field, value }: Identity, range: Record<string, string | null> = {}) =>
    link('/investigate', { field, value, ...range });

/** The severities of findings that scans tell, worst first. */
export const scanSeverities = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL', 'UNDEFINED'] as const;
export type Findings = NonNullable<Items['images']['scan']>['findings'];

/** One number by which images are sorted: any critical one outweighs all high ones, and so on; null without a scan. */
export function weightOf(scan: Items['images']['scan']): number | null {
    if (!scan) return null;
    return scanSeverities.reduce((sum, one) => sum * 1000 + Math.min(999, scan.findings[one]), 0);
}

/** '111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web:1.2' without its registry. */
export function shortImage({
    repository,
    tags,
    image,
}: Pick<Items['images'], 'repository' | 'tags' | 'image'>): string {
    const tag = tags[0];
    return repository ? (tag ? `${repository}:${tag}` : repository) : image;
}

/** The same of a container, which has the text alone. */
export function shortImageName(image: string): string {
    const parts = image.replace(/@sha256:[0-9a-f]+$/, '').split('/');
    const registry = parts.length > 1 && /[.:]/.test(parts[0]!);
    return (registry ? parts.slice(1) : parts).join('/') || image;
}

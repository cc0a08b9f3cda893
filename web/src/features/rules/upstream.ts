import type { Rule } from './data';

export const settledKeys = ['severity', 'enabled', 'threshold', 'window_s'] as const;
export type SettledKey = (typeof settledKeys)[number];

export interface Departure {
    key: SettledKey;
    shipped: number | boolean;
    ours: number | boolean;
}

/** Where a shipped rule is no longer as it is shipped. None of an own one. */
export function departures(rule: Rule): Departure[] {
    const { shipped } = rule;
    if (!shipped) return [];
    return settledKeys
        .filter((key) => shipped[key] !== rule[key])
        .map((key) => ({ key, shipped: shipped[key], ours: rule[key] }));
}

import type { Schemas } from '~/api/client';

export type Outcome = 'whole' | 'broken' | 'unproven';

/** What CloudTrail's digests say of some files: how it stands, and of how many. */
export function outcomeOf(counts: Schemas['FileCounts']) {
    const broken = counts.missing + counts.altered;
    const unproven = counts.unsigned + counts.unproven;
    const outcome: Outcome = broken > 0 ? 'broken' : unproven > 0 ? 'unproven' : 'whole';
    return { outcome, files: counts.verified + broken + unproven, broken, unproven };
}

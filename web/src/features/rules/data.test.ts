import { describe, expect, it } from 'vitest';
import { diffLines, type Rule, wantedOf } from './data';

const rule = (more: Partial<Rule>): Rule =>
    ({
        name: '',
        filter: '',
        description: '',
        ruleset: '',
        rulesets: [],
        type: 'CloudTrail',
        severity: 3,
        enabled: true,
        attack: [],
        ...more,
    }) as Rule;
const none = { q: '', ruleset: '', type: '', status: '', severity: '', attack: '' };

describe('the rules of a view', () => {
    const rules = [
        rule({ id: '1', name: 'CloudTrail: ECR Put Image', ruleset: 'ecr', attack: ['T1525'] }),
        rule({
            id: '2',
            name: 'CloudTrail: SSM Start Session',
            ruleset: 'ssm',
            severity: 2,
            enabled: false,
            attack: ['T1078.004'],
        }),
        rule({ id: '3', name: 'Máquina', rulesets: ['ours'], type: 'Host' }),
    ];
    const ids = (wanted: Partial<typeof none>) => wantedOf(rules, { ...none, ...wanted }).map(({ id }) => id);
    it('are narrowed by each thing that is asked', () => {
        expect(ids({})).toEqual(['1', '2', '3']);
        expect(ids({ q: 'cloudtrail ecr' })).toEqual(['1']);
        expect(ids({ q: 'CloudTrail: SSM' })).toEqual(['2']);
        expect(ids({ q: 'ession' })).toEqual([]);
        expect(ids({ q: 'maquina' })).toEqual(['3']);
        expect(ids({ ruleset: 'ours' })).toEqual(['3']);
        expect(ids({ status: 'off' })).toEqual(['2']);
        expect(ids({ severity: '2', type: 'CloudTrail' })).toEqual(['2']);
        expect(ids({ attack: 'T1078' })).toEqual(['2']);
        expect(ids({ attack: 'T107' })).toEqual([]);
    });
});

describe('the lines of two versions', () => {
    it('are kept, taken out and put in', () => {
        expect(diffLines('a\nb\nc', 'a\nx\nc').map(({ sign, text }) => sign + text)).toEqual([' a', '-b', '+x', ' c']);
        expect(diffLines('a', 'a').map(({ sign }) => sign)).toEqual([' ']);
        expect(diffLines('', 'a').map(({ sign, text }) => sign + text)).toEqual(['-', '+a']);
    });
});

import { describe, expect, it } from 'vitest';
import { freeName, type Rule, wantedOf } from './data';

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
        threshold: 1,
        window_s: 86_400,
        shipped: null,
        attack: [],
        ...more,
    }) as Rule;
const none = { q: '', ruleset: '', type: '', status: '', severity: '', attack: '', origin: '' };

describe('the rules of a view', () => {
    const shipped = { severity: 3 as const, enabled: true, threshold: 1, window_s: 86_400 };
    const rules = [
        rule({ id: '1', name: 'CloudTrail: ECR Put Image', ruleset: 'ecr', attack: ['T1525'], managed: true, shipped }),
        rule({
            id: '2',
            name: 'CloudTrail: SSM Start Session',
            ruleset: 'ssm',
            severity: 2,
            enabled: false,
            managed: true,
            shipped,
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
        expect(ids({ origin: 'own' })).toEqual(['3']);
        expect(ids({ origin: 'shipped' })).toEqual(['1', '2']);
        expect(ids({ origin: 'changed' })).toEqual(['2']);
    });
});

it('gives a copy a name that no rule has', () => {
    expect(freeName('A (copy)', ['A'])).toBe('A (copy)');
    expect(freeName('A (copy)', ['A (copy)', 'A (copy) 2'])).toBe('A (copy) 3');
});

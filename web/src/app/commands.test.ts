import { describe, expect, it } from 'vitest';
import { nearness } from './commands';

describe('the command list', () => {
    it('finds words and abbreviations, whatever their accents', () => {
        expect(nearness('alerts', 'Go to Alerts')).toBe(6);
        expect(nearness('gta', 'Go to Alerts')).toBeGreaterThanOrEqual(100);
        expect(nearness('visao', 'Ir para Visão geral')).toBe(8);
        expect(nearness('xyz', 'Go to Alerts')).toBeNull();
    });
    it('puts a word before letters that are strewn', () => {
        expect(nearness('rules', 'Go to Rules')!).toBeLessThan(nearness('rules', 'Repeat Until Later, Else Stop')!);
    });
});

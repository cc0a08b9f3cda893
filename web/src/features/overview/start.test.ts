import { expect, it } from 'vitest';
import { folderOption, folderSetting, httpCommand, sampleCommand } from './start';

it('sends no more of the sample trail than is kept', () => {
    const days = (kept: number | undefined) => /--days (\d+)/.exec(sampleCommand('http://h', 'k', kept))?.[1];
    expect([days(undefined), days(3650), days(30), days(1)]).toEqual(['60', '60', '30', '2']);
});

it('lets no name out of its quotes', () => {
    expect(httpCommand('http://h', "a'b")).toContain(`'Authorization: Bearer a'\\''b'`);
    expect(folderOption("O'Neil", '/a b')).toBe(`--watch 'O'\\''Neil=/a b'`);
    expect(folderSetting('A"], x: [', '/f')).toBe('watch: ["A\\"], x: [=/f"]');
});

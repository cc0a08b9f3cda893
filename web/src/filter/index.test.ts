import { describe, expect, it } from 'vitest';
import { addCondition, addText, conditionOf, isPath, parse, pathText, quoteValue } from '.';

describe('values as filters write them', () => {
    it.each([
        ['PutImage', '"PutImage"'],
        ['say "hi"\\', '"say \\"hi\\"\\\\"'],
        ['a\nb\tc\u0001', '"a\\nb\\tc\\u0001"'],
        ['Máquina', '"Máquina"'],
        [5902, '5902'],
        [-1.5, '-1.5'],
        [true, 'true'],
        [null, 'null'],
        [undefined, 'null'],
        [1e21, '1e+21'],
        [Number.NaN, '"NaN"'],
        ['half \ud83d', '"half \ufffd"'],
        ['😀', '"😀"'],
        [{ a: 1 }, '"{\\"a\\":1}"'],
    ])('%j', (value, text) => {
        expect(quoteValue(value)).toBe(text);
        expect(parse(`a = ${text}`).ok).toBe(true);
    });
});

describe('paths', () => {
    it.each([
        [['eventName'], 'eventName'],
        [['resources', 0, 'ARN'], 'resources.ARN'],
        [['requestParameters', 'resource.resourceType'], 'requestParameters."resource.resourceType"'],
        [['requestParameters', 'x-amz-acl'], 'requestParameters.x-amz-acl'],
        [['requestParameters', 'say "x"', 3, '9lives'], 'requestParameters."say \\"x\\""."9lives"'],
        [['tags', 'aws:cloudformation:stack'], 'tags.aws:cloudformation:stack'],
    ])('%j', (path, text) => {
        expect(pathText(path)).toBe(text);
        expect(parse(conditionOf(text, 'x')).ok).toBe(true);
    });
    it('knows those that no filter can name', () => {
        expect(isPath(['a.b'])).toBe(false);
        expect(isPath([0, 'a'])).toBe(true);
        expect(isPath([])).toBe(false);
    });
});

describe('narrowing a filter', () => {
    it.each([
        ['', 'a = "x"'],
        ['  # nothing yet', 'a = "x"'],
        ['b = 1', 'b = 1 and a = "x"'],
        ['b = 1 and c = 2', 'b = 1 and c = 2 and a = "x"'],
        ['b = 1 or c = 2', '(b = 1 or c = 2) and a = "x"'],
        ['(b = 1 or c = 2)', '(b = 1 or c = 2) and a = "x"'],
        ['b = 1 and c = 2 or d = 3', '(b = 1 and c = 2 or d = 3) and a = "x"'],
        ['b = 1 # why', 'b = 1 # why\nand a = "x"'],
        ['b = 1 and a = "x"', 'b = 1 and a = "x"'],
        ['b = ', '(b =) and a = "x"'],
        ['a = "x"', 'a = "x"'],
        ['a != "x"', 'a = "x"'],
        ['b = 1 and a != "x" and c = 2 # why', 'b = 1 and a = "x" and c = 2 # why'],
        ['a != "x" or b = 1', '(a != "x" or b = 1) and a = "x"'],
        [`b = 'z and a = "x" and'`, `b = 'z and a = "x" and' and a = "x"`],
        ['b = "# no comment"', 'b = "# no comment" and a = "x"'],
        ['not a = "x"', 'not a = "x" and a = "x"'],
        ['any(b, a = "x")', 'any(b, a = "x") and a = "x"'],
        ['b = 1\nand c = 2', 'b = 1\nand c = 2 and a = "x"'],
    ])('%s', (filter, text) => {
        expect(addCondition(filter, 'a', 'x')).toBe(text);
        if (parse(filter).ok) expect(parse(text).ok).toBe(true);
    });
    it('excludes, and takes any condition', () => {
        expect(addCondition('b = 1', 'a', null, true)).toBe('b = 1 and a != null');
        expect(addCondition('b = 1 and a = "x"', 'a', 'x', true)).toBe('b = 1 and a != "x"');
        expect(addText('b = 1 or c = 2', 'not x exists')).toBe('(b = 1 or c = 2) and not x exists');
        expect(addCondition('', 'a.b', { c: 1 }, true)).toBe('not a.b exists');
        expect(addCondition('not a.b exists', 'a.b', [1])).toBe('a.b exists');
    });
});

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
    ])('%s', (filter, text) => {
        expect(addCondition(filter, 'a', 'x')).toBe(text);
        if (parse(filter).ok) expect(parse(text).ok).toBe(true);
    });
    it('excludes, and takes any condition', () => {
        expect(addCondition('b = 1', 'a', null, true)).toBe('b = 1 and a != null');
        expect(addText('b = 1 or c = 2', 'not x exists')).toBe('(b = 1 or c = 2) and not x exists');
    });
});

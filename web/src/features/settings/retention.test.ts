import { expect, it } from 'vitest';
import { inUnit } from './RetentionSection';

it.each([
    [0, 0, 'byte'],
    [999, 999, 'byte'],
    [1000, 1, 'kilobyte'],
    [1_094_239, 1.094239, 'megabyte'],
    [5e15, 5000, 'terabyte'],
])('%d bytes', (bytes, amount, unit) => {
    const [value, how] = inUnit(bytes);
    expect(value).toBeCloseTo(amount);
    expect(how.unit).toBe(unit);
});

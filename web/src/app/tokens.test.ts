import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { setTokens } from './tokens';

it('speaks of variables that the components set, so that colours follow the theme', () => {
    const styles = readFileSync(
        'node_modules/@cloudscape-design/components/internal/base-theme/styles.scoped.css',
        'utf8',
    );
    setTokens();
    const set = Array.from(document.body.style as ArrayLike<string>).map((name) =>
        document.body.style.getPropertyValue(name),
    );
    expect(set.length).toBeGreaterThan(10);
    for (const value of set) expect(styles).toContain(`${/^var\((--[a-z0-9-]+)/.exec(value)?.[1]}:`);
});

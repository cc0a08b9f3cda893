import { defineConfig } from 'vitest/config';

// Measurements of the console in Chromium against the real server; asked for by hand, and no test.
export default defineConfig({
    resolve: { alias: { '~': new URL('../src', import.meta.url).pathname } },
    test: {
        environment: 'node',
        include: ['bench/**/*.bench.ts'],
        fileParallelism: false,
        testTimeout: 900_000,
        hookTimeout: 300_000,
    },
});

import { defineConfig } from 'vitest/config';

// Stories in Chromium against the real server. One file after the other: each has a server of its own, and the machine two cores.
export default defineConfig({
    resolve: { alias: { '~': new URL('../src', import.meta.url).pathname } },
    test: {
        environment: 'node',
        include: ['e2e/**/*.spec.ts'],
        fileParallelism: false,
        testTimeout: 90_000,
        hookTimeout: 120_000,
        bail: 0,
    },
});

import { defineConfig } from 'vitest/config';

// Stories in Chromium against the real server. One file after the other: each has a server of its own, and the machine two cores.
export default defineConfig({
    resolve: { alias: { '~': new URL('../src', import.meta.url).pathname } },
    test: {
        environment: 'node',
        include: ['e2e/**/*.spec.ts'],
        fileParallelism: false,
        // A machine of CI takes three times as long as the one that a test was written on.
        testTimeout: 300_000,
        hookTimeout: 300_000,
        expect: { poll: { timeout: 60_000, interval: 50 } },
        bail: 0,
    },
});

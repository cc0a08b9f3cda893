import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { fontsAsFiles } from './scripts/vite-plugins.mjs';

const server = process.env.VIGIA_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
    plugins: [react(), fontsAsFiles()],
    resolve: {
        alias: [
            { find: '~', replacement: new URL('./src', import.meta.url).pathname },
            // The package of tokens names other variables than the components of this release set, so nothing would follow the theme.
            {
                find: /^@cloudscape-design\/design-tokens$/,
                replacement: new URL(
                    './node_modules/@cloudscape-design/components/internal/generated/styles/tokens.js',
                    import.meta.url,
                ).pathname,
            },
            // Catalogs are compiled, so the parser of messages need not be loaded.
            {
                find: /^@formatjs\/icu-messageformat-parser$/,
                replacement: new URL(
                    './node_modules/@formatjs/icu-messageformat-parser/lib/no-parser.js',
                    import.meta.url,
                ).pathname,
            },
        ],
    },
    build: {
        target: 'es2022',
        manifest: true,
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        reportCompressedSize: false,
        chunkSizeWarningLimit: 1200,
    },
    server: {
        proxy: Object.fromEntries(
            ['/api', '/healthz', '/readyz', '/metrics', '/csp-report'].map((path) => [path, { target: server }]),
        ),
    },
    test: {
        environment: 'happy-dom',
        include: ['src/**/*.test.{ts,tsx}'],
        setupFiles: ['src/test/setup.ts'],
        // A slow machine is no failure.
        testTimeout: 60_000,
        server: { deps: { inline: [/@cloudscape-design/] } },
    },
});

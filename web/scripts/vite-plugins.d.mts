import type { Plugin } from 'vite';

export function fontsAsFiles(): Plugin;

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** The page of persons: an entry of its own, plain React and one style sheet. For phones, too. */
export default defineConfig({
  root: fileURLToPath(new URL('./own', import.meta.url)),
  base: '/own/',
  build: {
    target: 'chrome109',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    sourcemap: false,
  },
});

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** For Chromium 109 and newer: what office machines of 2023 on run. */
export default defineConfig({
  root: here('.'),
  base: '/console/',
  plugins: [
    {
      name: 'scroll-bars-without-styles',
      enforce: 'pre',
      resolveId: (source) =>
        /(?:^|\/)getScrollBarSize(?:\.js)?$/.test(source) ? here('./src/parts/scrollBarSize.ts') : null,
    },
  ],
  resolve: {
    alias: {
      // what the log's own verification uses of Node, in a browser
      'node:crypto': here('./src/receipt/browserCrypto.ts'),
    },
  },
  build: {
    target: 'chrome109',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1_500,
    sourcemap: false,
    // of what is part of these files and therefore goes along with them
    license: { fileName: 'licences.md' },
  },
});

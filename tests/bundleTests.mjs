// Test files are bundled once and share their parts: each file's process would else read and translate some four hundred modules anew.
import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { bundlingOfAll, folderInCache, root } from '../bin/bundle.mjs';

/** @param files test files, whole paths @returns the same files as bundled; they go with this process */
export async function bundleTests(files) {
  const folder = folderInCache('tests-');
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const names = files.map((file) => relative(root, file).replace(/\.ts$/, ''));
  await build({
    ...bundlingOfAll(Object.fromEntries(names.map((name, at) => [name, files[at]])), folder),
    // threads of a test start from the bundle too
    banner: {
      js: `import { setEnvironmentData as setDatongBundle } from 'node:worker_threads';\nsetDatongBundle('datong-bundle', ${JSON.stringify(folder)});`,
    },
    logLevel: 'warning',
  });
  return names.map((name) => join(folder, `${name}.mjs`));
}

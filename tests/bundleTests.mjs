// Test files are bundled once and share their parts: each file's process would else read and translate some four hundred modules anew.
import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { bundlingOfAll, folderInCache, root } from '../bin/bundle.mjs';

/**
 * Packages that go into the bundle with all they need: a process that starts a hub would else look up and read a thousand small files of
 * theirs, a third of its time to start. Not those that look for files of their own, and none twice: what needs one of these is here too.
 */
const within = new Set([
  ...['@peculiar/x509', 'reflect-metadata', '@simplewebauthn/server', 'openapi-backend', 'express'],
  ...['ajv', 'ajv-formats', 'prom-client', '@opentelemetry/api', 'ws', 'jose', 'yaml', 'commander'],
]);
const packageOf = (path) => path.split('/', path.startsWith('@') ? 2 : 1).join('/');

const ownPackages = {
  name: 'own-packages',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, ({ kind, path, importer }) => {
      if (kind === 'entry-point') return undefined;
      const stays =
        path.startsWith('node:') || (!importer.includes('node_modules') && !within.has(packageOf(path)));
      return stays ? { path, external: true } : undefined;
    });
  },
};

/** @param files test files, whole paths @returns the same files as bundled; they go with this process */
export async function bundleTests(files) {
  const folder = folderInCache('tests-');
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const names = files.map((file) => relative(root, file).replace(/\.ts$/, ''));
  const {
    packages: _all,
    plugins,
    ...options
  } = bundlingOfAll(Object.fromEntries(names.map((name, at) => [name, files[at]])), folder);
  await build({
    ...options,
    plugins: [ownPackages, ...plugins],
    external: ['bufferutil', 'utf-8-validate'], // ws does without
    // threads of a test start from the bundle too; packages of the older kind ask for modules of Node by require
    banner: {
      js: [
        `import { setEnvironmentData as setDatongBundle } from 'node:worker_threads';`,
        `import { createRequire as datongRequire } from 'node:module';`,
        `setDatongBundle('datong-bundle', ${JSON.stringify(folder)});`,
        'const require = datongRequire(import.meta.url);',
      ].join('\n'),
    },
    logLevel: 'warning',
  });
  return names.map((name) => join(folder, `${name}.mjs`));
}

/** @param entry its path below the root @param change edits files as they are read @returns the bundle's path; it goes with this process */
export async function bundleChanged(entry, change) {
  const folder = folderInCache('changed-');
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const { plugins, ...options } = bundlingOfAll({ changed: join(root, entry) }, folder);
  await build({ ...options, plugins: [change, ...plugins], logLevel: 'warning' });
  return join(folder, 'changed.mjs');
}

#!/usr/bin/env node
// Runs one TypeScript file as a bundle, the way `datong` itself runs: node scripts/bundled.mjs FILE.ts [ARG…]
// The loader for single files names every inner function as it is made, which a hot path would pay for at each call.
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setEnvironmentData } from 'node:worker_threads';
import { build } from 'esbuild';
import { bundling, folderInCache } from '../bin/bundle.mjs';

const [file] = process.argv.splice(2, 1);
if (file === undefined) {
  process.stderr.write('usage: node scripts/bundled.mjs FILE.ts [ARG…]\n');
  process.exit(2);
}
const folder = folderInCache('run-');
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
await build({ ...bundling(resolve(file), folder), sourcemap: true, logLevel: 'warning' });
setEnvironmentData('datong-bundle', folder);
await import(pathToFileURL(join(folder, 'main.mjs')).href);

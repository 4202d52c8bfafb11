#!/usr/bin/env node
// Runs one TypeScript file of this repository on every supported Node: node scripts/run.mjs FILE.ts [ARG…]
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import './typescript.mjs';

const [file] = process.argv.splice(2, 1);
if (file === undefined) {
  process.stderr.write('usage: node scripts/run.mjs FILE.ts [ARG…]\n');
  process.exit(2);
}
await import(pathToFileURL(resolve(file)).href);

#!/usr/bin/env node
// A package or a release brings the command line built, and without what builds it; a checkout builds it (bundle.mjs).
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setEnvironmentData } from 'node:worker_threads';

if (!existsSync(new URL('./bundle.mjs', import.meta.url))) {
  setEnvironmentData('datong-bundle', fileURLToPath(new URL('../build', import.meta.url)));
  await import('../build/main.mjs');
} else {
  const { bundledCli } = await import('./bundle.mjs');
  const bundle = process.env.DATONG_BUNDLE === 'off' ? undefined : await bundledCli();
  if (bundle === undefined) {
    await import('../scripts/typescript.mjs');
    await import('../clients/cli/main.ts');
  } else {
    await import(bundle);
  }
}

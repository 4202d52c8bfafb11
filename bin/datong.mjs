#!/usr/bin/env node
import { bundledCli } from './bundle.mjs';

const bundle = process.env.DATONG_BUNDLE === 'off' ? undefined : await bundledCli();
if (bundle === undefined) {
  await import('../scripts/typescript.mjs');
  await import('../clients/cli/main.ts');
} else {
  await import(bundle);
}

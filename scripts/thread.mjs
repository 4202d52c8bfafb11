// How a thread's TypeScript is loaded: from the bundle that its process runs from, else from its source. A thread's own entry has to be
// plain JavaScript, because Node below 22.18 reads no TypeScript in a worker.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { getEnvironmentData } from 'node:worker_threads';

/** @param name file name without its ending @param source address of the TypeScript file */
export async function startThread(name, source) {
  const bundle = getEnvironmentData('datong-bundle');
  const bundled = bundle === undefined ? undefined : join(bundle, `${name}.mjs`);
  if (bundled !== undefined && existsSync(bundled)) {
    await import(pathToFileURL(bundled).href);
    return;
  }
  await import('./typescript.mjs');
  await import(source);
}

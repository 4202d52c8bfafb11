/** The test files to run first after a change: those that import the changed files, the nearest first. */
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { root } from '../generated.ts';
import { listTests } from '../../tests/listTests.ts';
import { relative } from 'node:path';
import { treeFiles } from './treeFiles.ts';

/** A test that starts a hub imports nearly everything, so distance decides: this many steps of import at most. */
const maxSteps = 3;
/** About 40 s of tests on two cores. */
const maxFiles = 12;
/** Tests of files that no test imports: run in addition. */
const readers: readonly (readonly [changed: RegExp, tests: readonly string[]])[] = [
  [/^(?:openapi\.yaml|api\/descriptionsInChinese\.json)$/, ['tests/docs/contractInChinese.test.ts']],
  [/^(?:openapi\.yaml|api\/examples\.json)$/, ['tests/docs/recorded.test.ts']],
  [/^policies\/cases\/words\.yaml$/, ['policies/cases/words.test.ts']],
  [/^docs\/policies/, ['policies/docs.test.ts']],
  [/^docs\/guides\/console/, ['console/src/words/words.test.ts']],
];
/** Tests in a browser and played guides take minutes. */
const slow = /^tests\/browser\/|(?:Browser|Guides?)\.test\.ts$/;
const importedPath = /(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g;

/** @returns for each file the files that import it */
function importersOf(paths: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const importers = new Map<string, string[]>();
  for (const path of paths) {
    for (const [, specifier = ''] of readFileSync(join(root, path), 'utf8').matchAll(importedPath)) {
      const imported = posix.normalize(posix.join(posix.dirname(path), specifier));
      const known = importers.get(imported);
      if (known === undefined) importers.set(imported, [path]);
      else known.push(path);
    }
  }
  return importers;
}

/**
 * @param changed paths from the root
 * @returns `run`: test files at most {@link maxSteps} imports away, nearest first, at most {@link maxFiles}, then those that read a changed file;
 * `left`: how many others depend on the change
 */
export function nearestTests(changed: readonly string[]): { run: string[]; left: number } {
  const importers = importersOf(treeFiles().filter((path) => /\.(?:tsx?|mjs)$/.test(path)));
  const runnable = new Set(listTests([]).map((path) => relative(root, path)));
  const distance = new Map(changed.map((path) => [path, 0]));
  const queue = [...changed];
  for (const path of queue) {
    const steps = (distance.get(path) ?? 0) + 1;
    for (const importer of importers.get(path) ?? []) {
      if (distance.has(importer)) continue;
      distance.set(importer, steps);
      queue.push(importer);
    }
  }
  const reached = queue.filter((path) => runnable.has(path));
  const near = reached
    .filter((path) => (distance.get(path) ?? 0) <= maxSteps && !slow.test(path))
    .slice(0, maxFiles);
  const reading = readers.flatMap(([of, tests]) => (changed.some((path) => of.test(path)) ? tests : []));
  const run = [...new Set([...near, ...reading])];
  return { run, left: reached.filter((path) => !run.includes(path)).length };
}

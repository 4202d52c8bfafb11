/** Test files of pure modules share processes: to start one takes longer than most of them run. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** Folders whose modules have no clock, files, sockets or threads (docs/ARCHITECTURE.md), and others like them. */
const pure = ['adapters', 'certs', 'console', 'hub/domain', 'log', 'machine', 'policies', 'schemas', 'terms'];

/** A file that changes or measures its process, or whose hooks would run for the tests of all files, keeps a process to itself. */
const alone =
  /^(?:before|after|beforeEach|afterEach)\(|\bprocess\.|\bmock\.|Worker|InThread|\bspawn|\bexecFile|\btestDatabase|\btestHub|\bperformance\b|\bgc\(|\blisten\(|\bglobalThis/m;

/** Few enough that the two processes of a run end at about the same time. */
const filesInGroup = 15;

/**
 * @param files test files, whole paths
 * @param bundled the same files as bundled, in the same order
 * @returns the files to run: those that share a process are replaced by files that import them
 */
export function groupTests(files: readonly string[], bundled: readonly string[]): string[] {
  const shares = (file: string): boolean =>
    pure.some((folder) => relative(root, file).startsWith(`${folder}/`)) &&
    !alone.test(readFileSync(file, 'utf8'));
  const grouped = bundled.filter((_, at) => shares(files[at] ?? ''));
  const others = bundled.filter((_, at) => !shares(files[at] ?? ''));
  const first = grouped[0];
  if (first === undefined) return others;
  const groups: string[] = [];
  for (let from = 0; from < grouped.length; from += filesInGroup) {
    const group = join(dirname(first), `group${groups.length}.mjs`);
    const imports = grouped
      .slice(from, from + filesInGroup)
      .map((file) => `import ${JSON.stringify(file)};\n`);
    writeFileSync(group, imports.join(''));
    groups.push(group);
  }
  return [...groups, ...others];
}

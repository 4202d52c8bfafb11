/** A hub made of the very source, with the eight mutants in it: each is off until it is switched on. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';
import { bundleChanged } from '../../bundleTests.mjs';
import type * as Entry from './entry.ts';
import { mutants, switchName, type Edit, type MutantNumber } from './mutants.ts';

const root = resolve(import.meta.dirname, '../../..');

/** A mutant whose edit finds no place would prove nothing: the build fails then. */
const edited: Plugin = {
  name: 'mutants',
  setup(building) {
    const edits = Object.values(mutants).flatMap((mutant) => mutant.edits);
    const missed = new Set<Edit>(edits);
    building.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const own = edits.filter(({ file }) => path === join(root, file));
      if (own.length === 0) return undefined;
      let contents = readFileSync(path, 'utf8');
      for (const edit of own) {
        assert.equal(contents.split(edit.from).length, 2, `${edit.file} holds once: ${edit.from}`);
        contents = contents.replace(edit.from, () => edit.to);
        missed.delete(edit);
      }
      return { contents, loader: 'ts' };
    });
    building.onEnd(() => {
      assert.deepEqual([...missed], [], 'every file that a mutant changes is part of the hub');
    });
  },
};

/** @returns what starts such a hub */
export async function mutableHub(): Promise<typeof Entry> {
  const path = await bundleChanged('tests/attacks/mutants/entry.ts', edited);
  return (await import(pathToFileURL(path).href)) as typeof Entry;
}

/** Switches a mutant on, or all of them off. */
export function mutate(number: MutantNumber | undefined): void {
  (globalThis as Record<string, unknown>)[switchName] = number;
}

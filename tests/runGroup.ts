/** Runs test files one after the other in this process (tests/groupTests.ts). */
import { describe } from 'node:test';
import { pathToFileURL } from 'node:url';
import { removeProfiles } from './datong.ts';

/** in ms */
interface GroupLimits {
  /** for a file to load, and then for its tests; the next file starts then, and the report names the one that hung */
  readonly timeout: number;
  /** in which hooks must end after the tests of their file, and the process after its last file */
  readonly patience: number;
}

/**
 * Each file is a suite of its name: its hooks run before and after its own tests, so that its hub and database are gone before the next
 * file is loaded.
 * @param files names from the root, and where each is as bundled
 */
export async function runGroup(
  files: readonly (readonly [name: string, path: string])[],
  { timeout, patience }: GroupLimits = { timeout: 600_000, patience: 60_000 },
): Promise<void> {
  for (const [name, path] of files) {
    let watch: NodeJS.Timeout | undefined;
    await describe(name, { timeout }, async () => {
      await loaded(name, path, timeout);
      // the limit of a suite is for its tests: a hook has none, and cannot be abandoned
      watch = setTimeout(() => ended(`a hook of ${name} does not end`), timeout + patience);
    });
    clearTimeout(watch);
    removeProfiles();
  }
  // fires only where something that a file left open prevents the end
  setTimeout(() => {
    const names = files.map(([name]) => name).join(' ');
    ended(`left open (${process.getActiveResourcesInfo().join(', ')}) by one of ${names}`);
  }, patience).unref();
}

/** Loads a file. @throws Error where its top level does not end within the limit */
async function loaded(name: string, path: string, timeout: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${name} is not loaded after ${timeout} ms`)), timeout);
  });
  try {
    await Promise.race([import(pathToFileURL(path).href), late]);
  } finally {
    clearTimeout(timer);
  }
}

function ended(text: string): void {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

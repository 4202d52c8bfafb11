/** Runs test files one after the other in this process (tests/groupTests.ts). */
import { describe } from 'node:test';
import { pathToFileURL } from 'node:url';
import { removeProfiles } from './datong.ts';

/** ms for the tests of one file; the next one starts then, and the report names the one that hung */
const timeout = 300_000;
/** ms in which the process must end after its last file */
const patience = 60_000;

/**
 * Each file is a suite of its name: its hooks run before and after its own tests, so that its hub and database are gone before the next
 * file is loaded.
 * @param files names from the root, and where each is as bundled
 */
export async function runGroup(files: readonly (readonly [name: string, path: string])[]): Promise<void> {
  for (const [name, path] of files) {
    await describe(name, { timeout }, async () => {
      await import(pathToFileURL(path).href);
    });
    removeProfiles();
  }
  // fires only where something that a file left open prevents the end
  setTimeout(() => {
    const names = files.map(([name]) => name).join(' ');
    process.stderr.write(`left open (${process.getActiveResourcesInfo().join(', ')}) by one of ${names}\n`);
    process.exit(1);
  }, patience).unref();
}

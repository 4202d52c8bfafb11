import { readdirSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const skipped = new Set(['node_modules', '.git', 'data', 'samples', 'docs']);

/** Every `*.test.ts` below the given files or folders (default: the whole repository), sorted. */
export function listTests(wanted: readonly string[]): string[] {
  const found: string[] = [];
  const visit = (path: string): void => {
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path)) if (!skipped.has(name)) visit(join(path, name));
    } else if (path.endsWith('.test.ts')) {
      found.push(path);
    }
  };
  for (const start of wanted.length === 0 ? [root] : wanted) visit(resolve(start));
  return found.sort((a, b) => relative(root, a).localeCompare(relative(root, b)));
}

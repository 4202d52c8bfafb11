/** The files of the tree, as the checks read them: those that git knows, and new ones that it does not ignore. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../generated.ts';

/** @returns paths from the root; one that was removed and is not committed yet is not among them */
export function treeFiles(): readonly string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed.split('\0').filter((path) => path !== '' && existsSync(join(root, path)));
}

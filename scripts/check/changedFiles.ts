import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../generated.ts';

const git = (...args: string[]): string[] =>
  execFileSync('git', args, { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter((path) => path !== '');

/**
 * Files that differ from a commit, new ones that git does not ignore included, removed ones not.
 * @param base a revision, such as HEAD or main
 * @returns paths from the root
 */
export function changedFiles(base: string): string[] {
  const differing = git('diff', '--name-only', '-z', base, '--');
  const untracked = git('ls-files', '-z', '--others', '--exclude-standard');
  return [...new Set([...differing, ...untracked])].filter((path) => existsSync(join(root, path))).sort();
}

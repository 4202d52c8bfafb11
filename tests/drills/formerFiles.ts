import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const repository: string = resolve(import.meta.dirname, '../..');

/**
 * The files of a former release, with the packages of this one.
 * @param folder a new one @param programs of this folder, which run with the files of the former release
 */
export function formerFiles(revision: string, folder: string, programs: readonly string[]): string {
  const packages = join(folder, 'node_modules');
  mkdirSync(packages, { recursive: true });
  const archive = ['archive', revision];
  const input = execFileSync('git', archive, { cwd: repository, maxBuffer: 1 << 30 });
  execFileSync('tar', ['-x', '-C', folder], { input });
  for (const name of readdirSync(join(repository, 'node_modules')))
    if (name !== '.cache') symlinkSync(join(repository, 'node_modules', name), join(packages, name));
  for (const name of programs) cpSync(join(import.meta.dirname, name), join(folder, 'tests/drills', name));
  return folder;
}

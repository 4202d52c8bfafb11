/** The folder that a demo leaves behind. It holds private keys, so no `git add` or `npm pack` may ever take it along. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { exitCode, VerbFailure } from '../verb.ts';

/**
 * The folder, made where it is not there yet.
 * @throws VerbFailure when something is in it, as a demo never mixes with the remains of another; when it lies in a work tree of Git that
 * does not ignore it
 */
export function keptFolder(path: string): string {
  const folder = resolve(path);
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new VerbFailure(
      exitCode.local,
      { zh: `文件夹 ${folder} 不是空的`, en: `the folder ${folder} is not empty` },
      { zh: '换一个新的或空的文件夹', en: 'name a new or an empty one' },
    );
  }
  const tree = workTreeOf(folder);
  if (tree !== undefined && !isIgnored(tree, folder)) {
    throw new VerbFailure(
      exitCode.local,
      {
        zh: `${folder} 在 Git 工作区 ${tree} 内且未被忽略：其中的私钥会被 git add 或 npm pack 一并带走`,
        en: `${folder} lies in the Git work tree ${tree}, which does not ignore it: git add or npm pack would take the private keys along`,
      },
      {
        zh: `换一个工作区之外的文件夹，或把 /${basename(folder)}/ 写入 .gitignore`,
        en: `name a folder outside of it, or put /${basename(folder)}/ into its .gitignore`,
      },
    );
  }
  mkdirSync(folder, { recursive: true });
  return folder;
}

function workTreeOf(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (at === dirname(at)) return undefined;
  }
}

/** Git alone knows; where it is not there to be asked, nothing is ignored. The slash says that it will be a folder. */
const isIgnored = (tree: string, folder: string): boolean =>
  spawnSync('git', ['-C', tree, 'check-ignore', '--quiet', `${folder}/`], { stdio: 'ignore' }).status === 0;

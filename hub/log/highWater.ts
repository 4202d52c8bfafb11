/**
 * The file outside the database that says how far the log has been signed. A database that is older than it, or has another root
 * there, was rolled back or replaced: the hub does not serve, because signing on would fork the log. Written at most once a second,
 * fsynced; so it is at most a second behind.
 */
import { asIs } from '../../terms/bilingual.ts';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../../machine/writeDurably.ts';
import { Problem } from '../../terms/problem.ts';
import { fromBase64, toBase64 } from '../../log/base64.ts';
import { openCheckpoint } from '../../log/checkpoint.ts';
import { sameHash } from '../../log/hash.ts';
import type { NoteVerifier } from '../../log/note/noteKey.ts';
import { packFrontier, unpackTree, type TreeState } from '../../log/tree/growTree.ts';

export const highWaterFile = (stateDir: string): string => join(stateDir, 'log-high-water.json');

/**
 * The tree that was last recorded, undefined where nothing was.
 * @throws Problem log_inconsistent when the file was damaged or is another log's
 */
export async function readHighWater(
  stateDir: string,
  keys: readonly NoteVerifier[],
): Promise<TreeState | undefined> {
  let text: string;
  try {
    text = await readFile(highWaterFile(stateDir), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { checkpoint, frontier } = JSON.parse(text) as { checkpoint: string; frontier: string };
    const { size, root } = openCheckpoint(checkpoint, keys);
    const tree = unpackTree(size, fromBase64(frontier) ?? new Uint8Array());
    if (!sameHash(tree.root, root)) throw new RangeError('root');
    return tree;
  } catch (cause) {
    throw new Problem('log_inconsistent', { what: asIs(highWaterFile(stateDir)) }, { cause });
  }
}

/**
 * A folder of another hub is named as such, before anything in it looks altered. What decides whether it is this one's is `readHighWater`.
 * @param origin of this hub's log, `datong/<hub name>` @throws Problem state_of_other_hub
 */
export async function refuseOtherHub(stateDir: string, origin: string): Promise<void> {
  const text = await readFile(highWaterFile(stateDir), 'utf8').catch(() => '{}');
  const found = originOf(text);
  if (found === undefined || found === origin) return;
  throw new Problem('state_of_other_hub', {
    ...{ folder: stateDir, name: asIs(nameIn(found)), other: asIs(nameIn(origin)) },
  });
}

const originForm = /^datong\/[a-z0-9-]{2,60}$/;

/** The first line of the checkpoint in a high-water file, where it is an origin. */
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
  const reported = JSON.stringify({ checkpoint, frontier: toBase64(packFrontier(tree.frontier)) });
  await writeDurably(highWaterFile(stateDir), `${reported}\n`);
}

const interval = 1_000;

/** Keeps the file current behind the appends; never in their way. */
export class HighWater {
  private readonly stateDir: string;
  private newest: { readonly tree: TreeState; readonly checkpoint: string } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  /** told of a file that could not be written: the next one is tried all the same */
  private readonly onError: (error: unknown) => void;

  constructor(stateDir: string, onError: (error: unknown) => void) {
    this.stateDir = stateDir;
    this.onError = onError;
  }

  note(tree: TreeState, checkpoint: string): void {
    this.newest = { tree, checkpoint };
    this.timer ??= setTimeout(() => void this.flush(), interval).unref();
  }

  /** Writes what was noted last, now. */
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

/**
 * The newest checkpoint of a process that may append nothing for a long time. It signs what other processes have appended, and it signs the
 * checkpoint of an idle log again, so that it has a recent time and differs from that of a frozen log.
 */
import { claimedCheckpoint } from '../../log/checkpoint.ts';
import { sameHash } from '../../log/hash.ts';
import type { TreeState } from '../../log/tree/growTree.ts';
import type { Database } from '../platform/database/database.ts';
import { trustedHead, type HeadSeal, type LogHead } from './head.ts';
import { readHead } from './store/head.ts';
import type { SignTree } from './writer/publisher.ts';

/** A checkpoint that is older is signed again when it is requested. */
const maxAgeSeconds = 10;
/** ms between two reads of the head: requests of checkpoints are public, and the database is not read for each */
const readEveryMs = 1_000;

interface SignedLog {
  readonly checkpoint: string;
  readonly signedTree: TreeState;
  /** why nothing more may be signed */
  readonly broken: unknown;
  /** Signs a head that other processes of the hub have moved. */
  follow(head: LogHead): Promise<void>;
}

/** Unix seconds */
const timeOf = (checkpoint: string): number => claimedCheckpoint(checkpoint).time ?? 0;

/**
 * Makes a function that returns the newest checkpoint. If another process has appended entries, their tree is signed. An old checkpoint is
 * signed again if the database still has its tree. If the database does not answer, or its head is not valid, the old one is returned.
 */
export function freshCheckpoints(
  log: SignedLog,
  { database, seal, sign }: { readonly database: Database; readonly seal: HeadSeal; readonly sign: SignTree },
): () => Promise<string> {
  let renewed: string | undefined;
  let renewing: Promise<void> | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  const newest = (): string =>
    renewed !== undefined &&
    claimedCheckpoint(renewed).size === log.signedTree.size &&
    timeOf(renewed) > timeOf(log.checkpoint)
      ? renewed
      : log.checkpoint;
  const renew = async (): Promise<void> => {
    try {
      readAt = database.now();
      const head = trustedHead(await readHead(database.app, false), seal);
      const { size, root } = log.signedTree;
      if (head.tree.size > size) {
        await log.follow(head);
        return;
      }
      const isOld = database.now() / 1000 - timeOf(newest()) > maxAgeSeconds;
      if (isOld && head.tree.size === size && sameHash(head.tree.root, root))
        renewed = sign(head.tree).checkpoint;
    } catch {
      // the database is unavailable, or its head is not valid: nothing is signed, and the next append reports it
    }
  };
  return async () => {
    const elapsed = database.now() - readAt;
    // a clock that was set back counts as elapsed
    if (log.broken === undefined && (elapsed >= readEveryMs || elapsed < 0))
      renewing ??= renew().finally(() => (renewing = undefined));
    // a read that another request began may find more than this process knows
    if (log.broken === undefined) await renewing;
    return newest();
  };
}

/** Signs the checkpoint of an idle log again, so that it has a recent time and differs from that of a frozen log. */
import { claimedCheckpoint } from '../../log/checkpoint.ts';
import { sameHash } from '../../log/hash.ts';
import type { TreeState } from '../../log/tree/growTree.ts';
import type { Database } from '../platform/database/database.ts';
import { trustedHead, type HeadSeal } from './head.ts';
import { readHead } from './store/head.ts';
import type { SignTree } from './writer/publisher.ts';

/** A checkpoint that is older is signed again when it is requested. */
const maxAgeSeconds = 10;

interface SignedLog {
  readonly checkpoint: string;
  readonly signedTree: TreeState;
  /** why nothing more may be signed */
  readonly broken: unknown;
}

/** Unix seconds */
const timeOf = (checkpoint: string): number => claimedCheckpoint(checkpoint).time ?? 0;

/**
 * Makes a function that returns the newest checkpoint. An old one is signed again if the database still has its tree. If the database does
 * not answer, or another process has appended an entry, the old one is returned.
 */
export function freshCheckpoints(
  log: SignedLog,
  { database, seal, sign }: { readonly database: Database; readonly seal: HeadSeal; readonly sign: SignTree },
): () => Promise<string> {
  let renewed: string | undefined;
  let renewing: Promise<void> | undefined;
  const newest = (): string =>
    renewed !== undefined &&
    claimedCheckpoint(renewed).size === log.signedTree.size &&
    timeOf(renewed) > timeOf(log.checkpoint)
      ? renewed
      : log.checkpoint;
  const renew = async (): Promise<void> => {
    try {
      const { tree } = trustedHead(await readHead(database.app, false), seal);
      const { size, root } = log.signedTree;
      if (tree.size === size && sameHash(tree.root, root)) renewed = sign(tree).checkpoint;
    } catch {
      // the database is unavailable, or its head is not valid: nothing is signed, and the next append reports it
    }
  };
  return async () => {
    if (log.broken === undefined && database.now() / 1000 - timeOf(newest()) > maxAgeSeconds) {
      renewing ??= renew().finally(() => (renewing = undefined));
      await renewing;
    }
    return newest();
  };
}

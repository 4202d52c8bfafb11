/** Signs the checkpoint of an idle log again, so that it has a recent time and differs from that of a frozen log. */
import { claimedCheckpoint } from '../../log/checkpoint.ts';
import { sameHash } from '../../log/hash.ts';
import type { TreeState } from '../../log/tree/growTree.ts';
import type { Database } from '../platform/database/database.ts';
import { trustedHead, type HeadSeal } from './head.ts';
import { readHead } from './store/head.ts';
import type { SignTree } from './writer/publisher.ts';

/** age in seconds of a checkpoint after which it is signed again when it is asked for */
const maxAge = 10;

interface SignedLog {
  readonly checkpoint: string;
  readonly signedTree: TreeState;
  /** why nothing more may be signed */
  readonly broken: unknown;
}

const timeOf = (note: string): number => claimedCheckpoint(note).time ?? 0;

/**
 * Returns the newest checkpoint. One that is older than ten seconds is signed again if the database still has its tree. Without an answer
 * of the database, or after an entry of another process, its time stays.
 */
export function freshCheckpoints(
  log: SignedLog,
  { database, seal, sign }: { readonly database: Database; readonly seal: HeadSeal; readonly sign: SignTree },
): () => Promise<string> {
  let renewed = '';
  let renewing: Promise<void> | undefined;
  const newest = (): string =>
    renewed !== '' &&
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
    if (log.broken === undefined && database.now() / 1000 - timeOf(newest()) > maxAge) {
      renewing ??= renew().finally(() => (renewing = undefined));
      await renewing;
    }
    return newest();
  };
}

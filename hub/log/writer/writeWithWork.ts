import { sealingOf } from '../../platform/database/authenticated/rowSealing.ts';
import { connectionForWork } from '../store/connection.ts';
import { appendFlush, flushLoss, type QuotaState } from '../store/flush.ts';
import type { Pool } from '../../platform/database/database.ts';
import {
  inSavepoint,
  transactionOn,
  withConnection,
  type Transaction,
} from '../../platform/database/transaction.ts';
import type { LostClaim } from '../draft.ts';
import { lay, type Laid } from './lay.ts';
import { nextBatch } from './nextBatch.ts';
import type { LogState } from './logState.ts';
import type { Mutex } from '../../../machine/mutex.ts';
import type { Waiting } from './waiting.ts';

/** Ends the transaction without an entry: the claim was lost. */
class Undone extends Error {
  readonly claim: LostClaim;

  constructor(claim: LostClaim) {
    super(`lost the claim ${claim}`);
    this.claim = claim;
  }
}

/**
 * Rows that change with an entry: the work first, outside of the mutex, then the swap of the head as the transaction's end. A head lost
 * to another process costs a savepoint, not the work. Several drafts are written in one transaction, all of them or none.
 * @returns what was written, or the claim that one of them lost (then nothing was)
 */
export async function writeWithWork(
  pool: Pool,
  mutex: Mutex,
  state: LogState,
  drafts: readonly Waiting[],
): Promise<Laid | LostClaim> {
  let release: (() => void) | undefined;
  const write = async (transaction: Transaction): Promise<Swapped> => {
    const sealing = sealingOf(transaction);
    for (const { work, exchange } of drafts) {
      await work?.(transaction);
      await sealing?.seal(transaction, exchange);
    }
    release = await mutex.acquire(true);
    const swapped = await swap(transaction, state, drafts);
    for (const draft of drafts) await draft.confirm?.(transaction);
    const bumpsEpoch = drafts.some((draft) => draft.bumpsEpoch);
    return bumpsEpoch ? { ...swapped, learnKeys: await state.keysIn(transaction) } : swapped;
  };
  try {
    const { laid, taken, learnKeys } = await withConnection(
      pool,
      (client) => transactionOn(client, write),
      connectionForWork,
    );
    // nothing is signed before it is known by which key
    learnKeys?.();
    state.won(laid, taken);
    return laid;
  } catch (error) {
    if (error instanceof Undone) return error.claim;
    if (release !== undefined) state.stale = true;
    throw error;
  } finally {
    release?.();
  }
}

interface Swapped {
  readonly laid: Laid;
  readonly taken: readonly QuotaState[];
  /** see `LogState.keysIn` */
  readonly learnKeys?: () => void;
}

/** @throws Undone */
async function swap(client: Transaction, state: LogState, drafts: readonly Waiting[]): Promise<Swapped> {
  for (;;) {
    if (state.stale) {
      await state.approach(client, new Set());
      await state.catchUp(client, new Set());
    }
    const { lost, taken } = nextBatch(drafts, state);
    if (lost[0] !== undefined) throw new Undone(lost[0].claim);
    // two that publish to one dataset, or more than a flush holds
    if (taken !== drafts.length) throw new Undone('publish');
    drafts.forEach((draft, i) => draft.placeAt(state.head.tree.size + i));
    const laid = lay(drafts, state.head, state.seal);
    try {
      return { laid, taken: await inSavepoint(client, () => appendFlush(client, laid.flush)) };
    } catch (error) {
      const loss = flushLoss(error);
      if (loss === undefined) throw error;
      if (loss !== 'head') throw new Undone(loss);
      state.stale = true;
    }
  }
}

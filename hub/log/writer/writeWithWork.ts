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
 * to another process costs a savepoint, not the work.
 * @returns what was written, or the claim that was lost (then nothing was)
 */
export async function writeWithWork(
  pool: Pool,
  mutex: Mutex,
  state: LogState,
  waiting: Waiting,
  work: NonNullable<Waiting['work']>,
): Promise<Laid | LostClaim> {
  let release: (() => void) | undefined;
  const write = async (transaction: Transaction): Promise<Swapped> => {
    await work(transaction);
    release = await mutex.acquire(true);
    const swapped = await swap(transaction, state, waiting);
    await waiting.confirm?.(transaction);
    return waiting.bumpsEpoch ? { ...swapped, learnKeys: await state.keysIn(transaction) } : swapped;
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
async function swap(client: Transaction, state: LogState, waiting: Waiting): Promise<Swapped> {
  for (;;) {
    if (state.stale) {
      await state.approach(client, new Set());
      await state.catchUp(client, new Set());
    }
    const [lost] = nextBatch([waiting], state).lost;
    if (lost !== undefined) throw new Undone(lost.claim);
    waiting.placeAt(state.head.tree.size);
    const laid = lay([waiting], state.head, state.seal);
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

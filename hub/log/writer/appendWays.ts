import type { Mutex } from '../../../machine/mutex.ts';
import { type AuditConnection, connectionForWork } from '../store/connection.ts';
import { flushConflict, appendWithConsents, areNewer, appendFlush, type QuotaState } from '../store/flush.ts';
import { isConnectionLoss } from '../../platform/database/failure.ts';
import type { ConflictingClaim } from '../draft.ts';
import { lay, type FlushPlan, pointersOf, quotasOf } from './planFlush.ts';
import type { LogState } from './logState.ts';
import { nextBatch, type Lost } from './nextBatch.ts';
import type { Waiting } from './waiting.ts';
import { lockPointers, lockQuotas } from '../store/head.ts';
import {
  transactionOn,
  type Transaction,
  inSavepoint,
  withConnection,
} from '../../platform/database/transaction.ts';
import { sealingOf } from '../../platform/database/authenticated/rowSealing.ts';
import type { Pool } from '../../platform/database/database.ts';

/** Who writes, with what. */
export interface Pen {
  readonly connection: AuditConnection;
  readonly mutex: Mutex;
  readonly state: LogState;
}

/**
 * An answer that rests on consents, written in one statement where none of its scope is newer than what it was decided on.
 * @returns what was written, or the claim that was lost; undefined where its work is to be done step by step
 * @throws the database's error; Unreachable
 */
export async function writeAtOnce(
  { connection, mutex, state }: Pen,
  waiting: Waiting,
): Promise<FlushPlan | ConflictingClaim | undefined> {
  const { ground } = waiting;
  if (ground === undefined) return undefined;
  const release = await mutex.acquire(false);
  connection.hold();
  try {
    if (state.stale) return undefined;
    const [lost] = nextBatch([waiting], state).lost;
    if (lost !== undefined) return lost.claim;
    waiting.placeAt(state.head.tree.size);
    const client = connection.current ?? (await connection.get());
    const laid = lay([waiting], state.head, state.seal);
    state.won(laid, await appendWithConsents(client, laid.flush, ground));
    return laid;
  } catch (error) {
    const loss = flushConflict(error);
    if (areNewer(error)) return undefined;
    if (loss === 'quotas' || loss === 'publish') return loss;
    state.stale = true;
    if (loss === 'head') return undefined;
    if (isConnectionLoss(error)) connection.drop();
    throw error;
  } finally {
    connection.letGo();
    release();
  }
}

interface WrittenInSteps {
  /** the winners, undefined when there was none */
  readonly laid: FlushPlan | undefined;
  readonly lost: readonly Lost[];
  /** entries of a former try that did become durable */
  readonly arrived: readonly { readonly waiting: Waiting; readonly index: number }[];
}

/**
 * A flush that lost something, repeated in one transaction: read what others appended, lock what is claimed, in the order of every flush,
 * then the head; read the rest; tell who lost; write the others.
 */
export async function writeInSteps(
  client: Transaction,
  batch: readonly Waiting[],
  state: LogState,
): Promise<WrittenInSteps> {
  const mine = new Set(batch.map((waiting) => waiting.exchange));
  const before = await state.approach(client, mine);
  const written = await transactionOn(client, async () => {
    const rows = {
      quotas: await lockQuotas(client, quotasOf(batch)),
      pointers: await lockPointers(
        client,
        pointersOf(batch).map((move) => move.dataset),
      ),
    };
    const arrivedAt = new Map([...before, ...(await state.catchUp(client, mine))]);
    const arrived: { waiting: Waiting; index: number }[] = [];
    const lost: Lost[] = [];
    const winners: Waiting[] = [];
    for (const waiting of batch) {
      const index = arrivedAt.get(waiting.exchange);
      const claim = index === undefined ? state.lossOf(waiting, rows) : undefined;
      if (index !== undefined) arrived.push({ waiting, index });
      else if (claim !== undefined) lost.push({ waiting, claim });
      else winners.push(waiting);
    }
    const laid = winners.length === 0 ? undefined : lay(winners, state.head, state.seal);
    const taken = laid === undefined ? [] : await appendFlush(client, laid.flush);
    return { laid, lost, arrived, taken };
  });
  if (written.laid !== undefined) state.won(written.laid, written.taken);
  return written;
}

/** Ends the transaction without an entry: the claim was lost. */
class Undone extends Error {
  readonly claim: ConflictingClaim;

  constructor(claim: ConflictingClaim) {
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
): Promise<FlushPlan | ConflictingClaim> {
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
  readonly laid: FlushPlan;
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
      const loss = flushConflict(error);
      if (loss === undefined) throw error;
      if (loss !== 'head') throw new Undone(loss);
      state.stale = true;
    }
  }
}

import type { Mutex } from '../../../machine/mutex.ts';
import { type AuditConnection, connectionForWork } from '../store/connection.ts';
import { flushConflict, appendWithConsents, areNewer, appendFlush, type QuotaState } from '../store/flush.ts';
import { isConnectionLoss } from '../../platform/database/failure.ts';
import type { ConflictingClaim } from '../draft.ts';
import { planFlush, type FlushPlan, pointersOf, quotasOf } from './planFlush.ts';
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

/** The parts that writing needs: connection, state and keys. */
export interface Pen {
  readonly connection: AuditConnection;
  readonly mutex: Mutex;
  readonly state: LogState;
}

/**
 * Writes an answer that rests on consents in one statement, if no consent of its scope is newer than the decision.
 * @returns the written plan, or the lost claim; undefined if its work must be done step by step
 * @throws the database's error; Unreachable
 */
export async function writeAtOnce(
  { connection, mutex, state }: Pen,
  waiting: Waiting,
): Promise<FlushPlan | ConflictingClaim | undefined> {
  const { basis } = waiting;
  if (basis === undefined) return undefined;
  const release = await mutex.acquire(false);
  connection.hold();
  try {
    if (state.stale) return undefined;
    const [lost] = nextBatch([waiting], state).lost;
    if (lost !== undefined) return lost.claim;
    waiting.placeAt(state.head.tree.size);
    const client = connection.current ?? (await connection.get());
    const plan = planFlush([waiting], state.head, state.seal);
    state.onCommitted(plan, await appendWithConsents(client, plan.flush, basis));
    return plan;
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
  /** the written drafts, undefined if there were none */
  readonly plan: FlushPlan | undefined;
  readonly lost: readonly Lost[];
  /** entries of a previous try that did become durable */
  readonly arrived: readonly { readonly waiting: Waiting; readonly index: number }[];
}

/**
 * Repeats a flush that lost a claim, in one transaction. It reads the entries of others, locks the claimed rows in the fixed order of
 * every flush, then locks the head. It reads the rest, reports the losers and writes the others.
 * @param opening begins the transaction
 */
export async function writeInSteps(
  client: Transaction,
  batch: readonly Waiting[],
  state: LogState,
  opening: string,
): Promise<WrittenInSteps> {
  const mine = new Set(batch.map((waiting) => waiting.exchange));
  const before = await state.approach(client, mine);
  const written = await transactionOn(
    client,
    async () => {
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
      const plan = winners.length === 0 ? undefined : planFlush(winners, state.head, state.seal);
      const taken = plan === undefined ? [] : await appendFlush(client, plan.flush);
      return { plan, lost, arrived, taken };
    },
    opening,
  );
  if (written.plan !== undefined) state.onCommitted(written.plan, written.taken);
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
 * Writes rows that change with an entry: the work first, outside of the mutex, then the swap of the head at the end of the transaction. If
 * another process moves the head first, only a savepoint is repeated, not the work. Several drafts share one transaction: all or none is
 * written.
 * @returns the written plan, or the claim that one of them lost (then nothing was written)
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
    const { plan, taken, learnKeys } = await withConnection(
      pool,
      (client) => transactionOn(client, write),
      connectionForWork,
    );
    // the signing key must be known before signing
    learnKeys?.();
    state.onCommitted(plan, taken);
    return plan;
  } catch (error) {
    if (error instanceof Undone) return error.claim;
    if (release !== undefined) state.stale = true;
    throw error;
  } finally {
    release?.();
  }
}

interface Swapped {
  readonly plan: FlushPlan;
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
    // two drafts that publish to one dataset, or more than a flush can contain
    if (taken !== drafts.length) throw new Undone('publish');
    drafts.forEach((draft, i) => draft.placeAt(state.head.tree.size + i));
    const plan = planFlush(drafts, state.head, state.seal);
    try {
      return { plan, taken: await inSavepoint(client, () => appendFlush(client, plan.flush)) };
    } catch (error) {
      const loss = flushConflict(error);
      if (loss === undefined) throw error;
      if (loss !== 'head') throw new Undone(loss);
      state.stale = true;
    }
  }
}

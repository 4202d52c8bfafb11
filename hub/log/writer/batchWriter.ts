/**
 * Writes one batch of entries to the log. A flush is one statement that takes every claim and swaps the head. If it loses a claim, it is
 * repeated in steps with the rows locked: then the losers are known, and the others are written.
 */
import type { AuditConnection } from '../store/connection.ts';
import { appendFlush, flushConflict } from '../store/flush.ts';
import { ensurePartitions, isPartitionMissing, partitionSize } from '../store/partitions.ts';
import type { Database } from '../../platform/database/database.ts';
import { failureOf, isConnectionLoss, isRepeatable } from '../../platform/database/failure.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import { Problem } from '../../../terms/problem.ts';
import { planFlush, type FlushPlan } from './planFlush.ts';
import type { LogState } from './logState.ts';
import { nextBatch, type Lost } from './nextBatch.ts';
import { Turns } from './turns.ts';
import type { Waiting } from './waiting.ts';
import { writeInSteps } from './appendWays.ts';

export interface BatchWriterParts {
  readonly database: Pick<Database, 'owner'>;
  readonly connection: AuditConnection;
  readonly state: LogState;
  /** called for a draft that lost a claim */
  readonly lost: (one: Lost) => void;
  /** called for an entry that was already durable: the answer to its flush was lost */
  readonly arrived: (waiting: Waiting, index: number) => Promise<void>;
}

/** `plan` is absent if no draft of the batch remained to be written. */
export type Written =
  | { readonly done: true; readonly plan: FlushPlan | undefined }
  /** `left`: drafts that are neither written nor lost */
  | { readonly done: false; readonly reason: unknown; readonly left: readonly Waiting[] };

/** waits between tries to reach the database, ms */
const retries = [0, 50, 200] as const;
/** ms; a batch that has waited this long for an unresponsive database fails instead of being retried */
export const patience = 5_000;

export class BatchWriter {
  private readonly parts: BatchWriterParts;
  private readonly turns: Turns;

  constructor(parts: BatchWriterParts) {
    this.parts = parts;
    this.turns = new Turns(parts.state);
  }

  /** Whether other processes append too: then `beginTurn` precedes the selection of a batch. */
  get takesTurns(): boolean {
    return this.turns.wanted;
  }

  /** Waits for the turn of this process. `write` or `endTurn` must follow. The caller must hold the mutex of the head. Never rejects. */
  async beginTurn(): Promise<void> {
    const { connection, state } = this.parts;
    if (state.stale) return; // entries may have been missed: `write` reads them in steps
    try {
      await this.turns.begin(connection.current ?? (await connection.get()));
    } catch (error) {
      // `write` tries again in steps, and reports what is still wrong
      state.stale = true;
      this.turns.failed(error);
      await this.undoTurn(error);
    }
  }

  /** Ends the turn without a flush. Never rejects. */
  async endTurn(): Promise<void> {
    await this.turns.end().catch(() => this.parts.connection.drop());
  }

  /** Never rejects. */
  private async undoTurn(cause: unknown): Promise<void> {
    await this.turns.undo(cause).catch(() => this.parts.connection.drop());
    // a statement without an answer may have been executed, so that the transaction is open
    if (isConnectionLoss(cause)) this.parts.connection.drop();
  }

  /** The caller must hold the mutex of the head. Never rejects. */
  async write(selected: readonly Waiting[]): Promise<Written> {
    const { connection, state } = this.parts;
    let batch = selected;
    let reason: unknown;
    const begun = performance.now();
    for (let failures = 0; failures < retries.length && performance.now() - begun < patience;) {
      try {
        if (failures > 0) await new Promise((go) => setTimeout(go, retries[failures]));
        // without an await if possible: the statement is sent before the last receipts are built
        const client = connection.current ?? (await connection.get());
        const plan = state.stale ? await this.inSteps(client, batch) : await this.atOnce(client, batch);
        return { done: true, plan };
      } catch (error) {
        reason = error;
        const inTurn = this.turns.isHeld;
        if (inTurn) await this.undoTurn(error);
        if (error instanceof Problem) break;
        const conflict = flushConflict(error);
        // in a turn only a process without turns can have moved the head. It may do so again, and the steps lock it
        if (conflict === 'head' && !inTurn) {
          batch = await this.selectInTurn(batch);
          if (batch.length === 0) return { done: true, plan: undefined };
          continue;
        }
        state.stale = true;
        if (conflict !== undefined) continue;
        failures += 1;
        if (!(await this.mayRepeat(error))) break;
      }
    }
    // patience ended in a turn: nothing else may run in its transaction
    if (this.turns.isHeld) await this.undoTurn(reason);
    return { done: false, reason, left: batch };
  }

  /** Prepares another try after an error of the database. @returns false where none helps */
  private async mayRepeat(error: unknown): Promise<boolean> {
    if (isConnectionLoss(error)) this.parts.connection.drop();
    else if (isPartitionMissing(error)) await this.makePartitions();
    else if (!isRepeatable(error)) {
      // the server may have become read-only: the next flush connects again
      this.parts.connection.drop();
      return false;
    }
    return true;
  }

  /** The drafts of a batch that can still win on the head that another process has moved. Begins a turn, and ends it where none is left. */
  private async selectInTurn(selected: readonly Waiting[]): Promise<readonly Waiting[]> {
    const { state } = this.parts;
    this.turns.conflicted();
    if (this.turns.wanted) await this.beginTurn();
    else state.stale = true;
    // what it has missed is read in steps, which select too
    if (state.stale) return selected;
    // all of them are taken: they came from one `nextBatch`, and a part of a batch is never cut
    const { batch, lost } = nextBatch(selected, state);
    for (const one of lost) this.parts.lost(one);
    if (batch.length === 0) await this.endTurn();
    return batch;
  }

  private async atOnce(client: Transaction, batch: readonly Waiting[]): Promise<FlushPlan> {
    const { state } = this.parts;
    const plan = planFlush(batch, state.head, state.seal);
    const taken = await appendFlush(client, plan.flush);
    if (this.turns.has(client)) await this.turns.end();
    state.onCommitted(plan, taken);
    this.lookAhead(plan);
    return plan;
  }

  private async inSteps(client: Transaction, batch: readonly Waiting[]): Promise<FlushPlan | undefined> {
    if (this.turns.has(client)) await this.turns.end();
    const { opening } = this.turns;
    const { plan, lost, arrived } = await writeInSteps(client, batch, this.parts.state, opening).catch(
      (error: unknown) => {
        this.turns.failed(error);
        throw error;
      },
    );
    for (const one of lost) this.parts.lost(one);
    for (const { waiting, index } of arrived) await this.parts.arrived(waiting, index);
    if (plan !== undefined) this.lookAhead(plan);
    return plan;
  }

  /** The next partition is created half a partition in advance; a failure is corrected at the next start, or when the partition is missing. */
  private lookAhead({ first, head }: FlushPlan): void {
    const half = partitionSize / 2;
    if (Math.floor(first / half) !== Math.floor(head.tree.size / half)) void this.makePartitions();
  }

  private async makePartitions(): Promise<void> {
    const { database, state } = this.parts;
    await ensurePartitions(database.owner, state.head.tree.size).catch(() => undefined);
  }
}

/** Why entries were not written, for their callers. A full disk is named: another try soon does not help. */
export function unwritten(cause: unknown): Problem {
  if (cause instanceof Problem) return cause;
  const code = failureOf(cause) === 'storage_full' ? 'storage_full' : 'log_unavailable';
  return new Problem(code, {}, { cause });
}

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
import type { Lost } from './nextBatch.ts';
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
  | { readonly done: false; readonly reason: unknown };

/** waits between tries to reach the database, ms */
const retries = [0, 50, 200] as const;
/** ms; a batch that has waited this long for an unresponsive database fails instead of being retried */
export const patience = 5_000;

export class BatchWriter {
  private readonly parts: BatchWriterParts;

  constructor(parts: BatchWriterParts) {
    this.parts = parts;
  }

  /** The caller must hold the mutex of the head. Never rejects. */
  async write(batch: readonly Waiting[]): Promise<Written> {
    const { connection, state } = this.parts;
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
        if (error instanceof Problem) break;
        state.stale = true;
        if (flushConflict(error) !== undefined) continue;
        failures += 1;
        if (isConnectionLoss(error)) connection.drop();
        else if (isPartitionMissing(error)) await this.makePartitions();
        else if (!isRepeatable(error)) {
          // the server may have become read-only: the next flush connects again
          connection.drop();
          break;
        }
      }
    }
    return { done: false, reason };
  }

  private async atOnce(client: Transaction, batch: readonly Waiting[]): Promise<FlushPlan> {
    const { state } = this.parts;
    const plan = planFlush(batch, state.head, state.seal);
    state.onCommitted(plan, await appendFlush(client, plan.flush));
    this.lookAhead(plan);
    return plan;
  }

  private async inSteps(client: Transaction, batch: readonly Waiting[]): Promise<FlushPlan | undefined> {
    const { plan, lost, arrived } = await writeInSteps(client, batch, this.parts.state);
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

/**
 * How one batch of entries comes into the log. A flush is one statement that takes every claim and swaps the head. When it loses anything
 * it is repeated in steps, with the rows locked: then who lost is known, and the others are written.
 */
import type { AuditConnection } from '../store/connection.ts';
import { appendFlush, flushConflict } from '../store/flush.ts';
import { ensurePartitions, isPartitionMissing, partitionSize } from '../store/partitions.ts';
import type { Database } from '../../platform/database/database.ts';
import { isConnectionLoss, isRepeatable } from '../../platform/database/failure.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import { Problem } from '../../../terms/problem.ts';
import { lay, type FlushPlan } from './planFlush.ts';
import type { LogState } from './logState.ts';
import type { Lost } from './nextBatch.ts';
import type { Waiting } from './waiting.ts';
import { writeInSteps } from './appendWays.ts';

export interface BatchWriterParts {
  readonly database: Pick<Database, 'owner'>;
  readonly connection: AuditConnection;
  readonly state: LogState;
  /** told of who lost a claim */
  readonly lost: (one: Lost) => void;
  /** told of an entry that was durable already: the answer to its flush got lost */
  readonly arrived: (waiting: Waiting, index: number) => Promise<void>;
}

/** `laid` is absent where nobody of the batch was left to be written. */
export type Written =
  | { readonly done: true; readonly laid: FlushPlan | undefined }
  | { readonly done: false; readonly reason: unknown };

/** waits between tries to reach the database, ms */
const retries = [0, 50, 200] as const;
/** ms; a batch that has waited so long for a database that does not answer is told, instead of tried again */
export const patience = 5_000;

export class BatchWriter {
  private readonly parts: BatchWriterParts;

  constructor(parts: BatchWriterParts) {
    this.parts = parts;
  }

  /** Whoever calls holds the mutex of the head. Never rejects. */
  async write(batch: readonly Waiting[]): Promise<Written> {
    const { connection, state } = this.parts;
    let reason: unknown;
    const begun = performance.now();
    for (let failures = 0; failures < retries.length && performance.now() - begun < patience;) {
      try {
        if (failures > 0) await new Promise((go) => setTimeout(go, retries[failures]));
        // without an await where it can be: the statement is on its way before the last receipts are built
        const client = connection.current ?? (await connection.get());
        const laid = state.stale ? await this.inSteps(client, batch) : await this.atOnce(client, batch);
        return { done: true, laid };
      } catch (error) {
        reason = error;
        if (error instanceof Problem) break;
        state.stale = true;
        if (flushConflict(error) !== undefined) continue;
        failures += 1;
        if (isConnectionLoss(error)) connection.drop();
        else if (isPartitionMissing(error)) await this.makePartitions();
        else if (!isRepeatable(error)) {
          // perhaps a server that became read-only: the next flush asks again who answers there
          connection.drop();
          break;
        }
      }
    }
    return { done: false, reason };
  }

  private async atOnce(client: Transaction, batch: readonly Waiting[]): Promise<FlushPlan> {
    const { state } = this.parts;
    const laid = lay(batch, state.head, state.seal);
    state.won(laid, await appendFlush(client, laid.flush));
    this.lookAhead(laid);
    return laid;
  }

  private async inSteps(client: Transaction, batch: readonly Waiting[]): Promise<FlushPlan | undefined> {
    const { laid, lost, arrived } = await writeInSteps(client, batch, this.parts.state);
    for (const one of lost) this.parts.lost(one);
    for (const { waiting, index } of arrived) await this.parts.arrived(waiting, index);
    if (laid !== undefined) this.lookAhead(laid);
    return laid;
  }

  /** The next partition is made half a partition ahead; a failure is made good at the next start, or when it is missed. */
  private lookAhead({ first, head }: FlushPlan): void {
    const half = partitionSize / 2;
    if (Math.floor(first / half) !== Math.floor(head.tree.size / half)) void this.makePartitions();
  }

  private async makePartitions(): Promise<void> {
    const { database, state } = this.parts;
    await ensurePartitions(database.owner, state.head.tree.size).catch(() => undefined);
  }
}

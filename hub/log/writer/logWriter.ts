/**
 * The only writer of a process. It owns its queue and its connection. While one flush runs, the receipts of the previous flush are built,
 * and callers that lost a claim supply the draft to log instead.
 */
import type { TreeState } from '../../../log/tree/growTree.ts';
import { LeafPacker } from '../../../log/packing/packLeaf.ts';
import { Problem } from '../../../terms/problem.ts';
import { AuditConnection } from '../store/connection.ts';
import type { Database } from '../../platform/database/database.ts';
import { isConnectionLoss, isRepeatable } from '../../platform/database/failure.ts';
import { transactionOn } from '../../platform/database/transaction.ts';
import type { Appended, EntryDraft, QuotaClaim } from '../draft.ts';
import type { HeadSeal, LogHead } from '../head.ts';
import type { HighWater } from '../highWater.ts';
import { BatchWriter, patience, unwritten } from './batchWriter.ts';
import type { FlushPlan } from './planFlush.ts';
import { gathered, nextBatch, type Lost } from './nextBatch.ts';
import { Follower, refuseForeignGuards } from './follower.ts';
import { LogState } from './logState.ts';
import type { NonceMemory } from './replayMemory.ts';
import { Publisher, type SignTree } from './publisher.ts';
import { Mutex } from '../../../machine/mutex.ts';
import { waitingFor, type Waiting } from './waiting.ts';
import { writeAtOnce, writeWithWork } from './appendWays.ts';
import { WorksInTurn } from './worksInTurn.ts';

export interface WriterParts {
  readonly database: Database;
  readonly seal: HeadSeal;
  /** signs the checkpoint of a tree with the current keys */
  readonly sign: SignTree;
  /** see `LogState` */
  readonly keysIn: LogState['keysIn'];
  readonly highWater: HighWater;
  /** the head as verified at the start */
  readonly head: LogHead;
  readonly nonces: NonceMemory;
  /** drafts that may wait; more are refused with log_busy */
  readonly queue: number;
}

/** ms after a failed connection during which drafts are refused without another try; longer if the failure took longer */
const pause = 250;
const maxWorkTries = 3;
const haltedBy: readonly string[] = ['log_behind', 'log_inconsistent', 'keys_missing'];

export class LogWriter {
  private readonly database: Database;
  private readonly connection: AuditConnection;
  private readonly state: LogState;
  private readonly batches: BatchWriter;
  private readonly publisher: Publisher;
  private readonly follower: Follower;
  /** protects the head: one flush of this process at a time; waiting long work precedes ordinary flushes */
  private readonly mutex = new Mutex();
  private readonly packer = new LeafPacker();
  private readonly maxQueue: number;
  private queue: Waiting[] = [];
  private readonly inTurn = new WorksInTurn({
    write: (drafts) => writeWithWork(this.database.app, this.mutex, this.state, drafts),
    settle: (plan) => this.settle(plan),
    alone: (draft) => this.runWork(draft),
    lookUp: (draft, error) => this.lookUp(draft, error),
  });
  /** number of drafts taken and not yet written or refused */
  private pending = 0;
  private running = false;
  private downUntil = 0;
  private failure: Problem | undefined;
  private closed = false;
  private drained: (() => void) | undefined;

  constructor({ database, seal, sign, keysIn, highWater, head, nonces, queue }: WriterParts) {
    this.database = database;
    this.connection = new AuditConnection(database, refuseForeignGuards);
    this.follower = new Follower(database.app, (problem) => this.halt(problem));
    this.state = new LogState(seal, nonces, head, keysIn);
    this.batches = new BatchWriter({
      database,
      connection: this.connection,
      state: this.state,
      lost: (one) => void this.redo(one),
      arrived: (waiting, index) => this.settleArrived(waiting, index),
    });
    this.publisher = new Publisher(sign, highWater, database.app, head);
    this.maxQueue = queue;
  }

  get head(): LogHead {
    return this.state.head;
  }

  get checkpoint(): string {
    return this.publisher.note;
  }

  /** The tree that the newest checkpoint signs. */
  get signedTree(): TreeState {
    return this.publisher.tree;
  }

  /** drafts that were taken and are not yet written or refused */
  get waiting(): number {
    return this.pending;
  }

  get broken(): Problem | undefined {
    return this.failure;
  }

  /** Stops appending: the fault found can only be explained by damage. */
  halt(problem: Problem): void {
    this.failure ??= problem;
  }

  /**
   * Signs a head that other processes have moved. The next flush of this process learns their entries: only the checkpoint moves here.
   * @throws Problem log_inconsistent, keys_missing: this process lacks the key that signs this head; the database's error
   */
  async follow(head: LogHead): Promise<void> {
    if (this.database.commits.trouble() !== undefined) return;
    // an entry of another process may have replaced the log's key
    if (head.epoch !== this.state.head.epoch) (await this.state.keysIn(this.database.app))();
    if (this.failure === undefined) this.publisher.follow(head);
  }

  taken(claim: QuotaClaim): number | undefined {
    return this.state.quotas.taken(claim);
  }

  append<D extends EntryDraft<D>>(draft: D): Promise<Appended<D>> {
    return new Promise((resolve, reject) => {
      const refusal = this.refusal();
      if (refusal !== undefined) {
        reject(refusal);
        return;
      }
      const waiting = waitingFor(draft, this.packer, resolve, reject);
      this.pending += 1;
      this.admit(waiting);
    });
  }

  /** Resolves when every draft that was taken is written or refused. */
  async close(): Promise<void> {
    this.closed = true;
    if (this.pending > 0) await new Promise<void>((done) => (this.drained = done));
    await this.follower.look();
    await this.publisher.close();
    await this.connection.close();
  }

  private refusal(): Problem | undefined {
    if (this.failure !== undefined) return this.failure;
    const trouble = this.database.clock.trouble() ?? this.database.commits.trouble();
    if (trouble !== undefined) return trouble;
    if (this.closed) return new Problem('log_unavailable', {}, { check: 'closed' });
    if (this.pending >= this.maxQueue)
      return new Problem('log_busy', {}, { headers: { 'retry-after': '1' } });
    return performance.now() < this.downUntil ? new Problem('log_unavailable') : undefined;
  }

  private admit(waiting: Waiting): void {
    const { nonce } = waiting.claims;
    if (nonce !== undefined && !this.state.nonces.take(nonce.keyid, nonce.nonce, waiting.exchange)) {
      void this.redo({ waiting, claim: 'nonce' });
    } else if (waiting.work !== undefined) {
      this.inTurn.add(waiting);
    } else {
      this.queue.push(waiting);
      this.wake();
    }
  }

  /** Asks the caller of a lost claim for the draft to log in its place, outside every lock. */
  private async redo({ waiting, claim }: Lost): Promise<void> {
    const { exchange } = waiting;
    const { nonce } = waiting.claims;
    try {
      await waiting.lose(claim);
    } catch (error) {
      this.fail(waiting, error);
      return;
    }
    this.state.lostNonces.delete(exchange);
    if (nonce !== undefined) this.state.nonces.release(nonce.keyid, nonce.nonce, exchange);
    if (this.failure === undefined) this.admit(waiting);
    else this.fail(waiting, this.failure);
  }

  private fail(waiting: Waiting, error: unknown): void {
    const { nonce } = waiting.claims;
    if (nonce !== undefined) this.state.nonces.release(nonce.keyid, nonce.nonce, waiting.exchange);
    waiting.fail(error);
    this.done(1);
  }

  private done(count: number): void {
    this.pending -= count;
    if (this.pending === 0) this.drained?.();
  }

  private settle(plan: FlushPlan): void {
    this.publisher.settle(plan);
    this.follower.wrote(
      plan.first,
      plan.batch.map((waiting) => waiting.hash),
    );
    this.done(plan.batch.length);
  }

  private async settleArrived(waiting: Waiting, index: number): Promise<void> {
    try {
      await this.publisher.settleArrived(waiting, index, this.state.head);
      this.done(1);
    } catch (cause) {
      this.fail(waiting, new Problem('log_unavailable', {}, { cause }));
    }
  }

  private wake(): void {
    if (this.running) return;
    this.running = true;
    // callers of the same tick share one flush
    setImmediate(() => void this.run());
  }

  private async run(): Promise<void> {
    let written: FlushPlan | undefined;
    this.connection.hold();
    while (this.queue.length > 0) {
      const release = await this.mutex.acquire(false);
      await gathered(() => this.queue.length);
      if (this.batches.takesTurns) {
        // receipts first: their callers should not wait while this process waits for its turn
        if (written !== undefined) this.settle(written);
        written = undefined;
        await this.batches.beginTurn();
      }
      const { batch, lost, taken } = nextBatch(this.queue, this.state);
      this.queue = this.queue.slice(taken);
      for (const one of lost) void this.redo(one);
      const writing = batch.length === 0 ? this.batches.endTurn() : this.write(batch);
      if (written !== undefined) this.settle(written);
      written = (await writing) ?? undefined;
      release();
      if (this.queue.length === 0) {
        if (written !== undefined) this.settle(written);
        written = undefined;
        await new Promise(setImmediate);
      }
    }
    this.connection.letGo();
    this.running = false;
  }

  /** Never throws: drafts that cannot be written are rejected. */
  private async write(batch: readonly Waiting[]): Promise<FlushPlan | undefined> {
    const begun = performance.now();
    const written = await this.batches.write(batch);
    if (written.done) return written.plan;
    this.giveUp(written.left, written.reason, performance.now() - begun);
    return undefined;
  }

  private async runWork(waiting: Waiting): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        const { database, connection, mutex, state } = this;
        const first = tries === 1 ? await writeAtOnce({ connection, mutex, state }, waiting) : undefined;
        const result = first ?? (await writeWithWork(database.app, mutex, state, [waiting]));
        if (typeof result === 'string') void this.redo({ waiting, claim: result });
        else this.settle(result);
        return;
      } catch (error) {
        if (isRepeatable(error) && tries < maxWorkTries) continue;
        this.remember(error);
        if (isConnectionLoss(error)) await this.lookUp(waiting, error);
        else this.fail(waiting, error);
        return;
      }
    }
  }

  /** The answer to a commit was lost: the draft is settled if its entry exists, and fails otherwise. */
  private async lookUp(waiting: Waiting, cause: unknown): Promise<void> {
    const release = await this.mutex.acquire(true);
    this.connection.hold();
    try {
      const client = await this.connection.get();
      const mine = new Set([waiting.exchange]);
      // a flush after it may have read past the entry
      const before = await this.state.approach(client, mine, waiting.plannedAt);
      const locked = await transactionOn(client, () => this.state.catchUp(client, mine));
      const index = before.get(waiting.exchange) ?? locked.get(waiting.exchange);
      if (index !== undefined) await this.settleArrived(waiting, index);
      else this.fail(waiting, new Problem('log_unavailable', {}, { cause }));
    } catch {
      this.connection.drop();
      this.fail(waiting, new Problem('log_unavailable', {}, { cause }));
    } finally {
      this.connection.letGo();
      release();
    }
  }

  /** Stops writing to a log that contradicts itself, or whose key is missing, until the operator has acted. */
  private remember(error: unknown): void {
    if (error instanceof Problem && haltedBy.includes(error.code)) this.failure = error;
  }

  /** @param took ms: following drafts do not wait as long again for an unresponsive database */
  private giveUp(batch: readonly Waiting[], cause: unknown, took: number): void {
    this.remember(cause);
    const problem = unwritten(cause);
    for (const waiting of batch) this.fail(waiting, problem);
    if (cause instanceof Problem || isConnectionLoss(cause)) {
      this.downUntil = performance.now() + (took < patience ? pause : took);
      for (const waiting of this.queue.splice(0)) this.fail(waiting, problem);
    }
  }
}

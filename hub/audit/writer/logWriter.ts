/**
 * The one writer of a process. Owner of its queue and its connection.
 *
 * A flush is one statement that takes every claim and swaps the head. While it runs, the receipts of the flush before are built. When it
 * loses anything it is repeated in steps, with the rows locked: then who lost is known, the others are written, and the losers' callers
 * are asked what to log instead.
 */
import type { NoteSigner } from '../../../log/note/noteKey.ts';
import type { TreeState } from '../../../log/tree/growTree.ts';
import { Problem } from '../../../terms/problem.ts';
import { AuditConnection } from '../../store/audit/connection.ts';
import { appendFlush, flushLoss } from '../../store/audit/flush.ts';
import { ensurePartitions, isPartitionMissing, partitionSize } from '../../store/audit/partitions.ts';
import type { Database } from '../../store/database/database.ts';
import { isConnectionLoss, isRepeatable } from '../../store/database/failure.ts';
import { transactionOn, type Transaction } from '../../store/database/transaction.ts';
import type { Appended, EntryDraft, QuotaClaim } from '../draft.ts';
import type { HeadSeal, LogHead } from '../head.ts';
import type { HighWater } from '../highWater.ts';
import { lay, type Laid } from './lay.ts';
import { nextBatch, type Lost } from './nextBatch.ts';
import { Follower, refuseForeignGuards } from './follower.ts';
import { LogState } from './logState.ts';
import type { NonceMemory } from './nonceMemory.ts';
import { Publisher } from './publisher.ts';
import { Mutex } from './mutex.ts';
import { waitingFor, type Waiting } from './waiting.ts';
import { writeInSteps } from './writeInSteps.ts';
import { writeWithWork } from './writeWithWork.ts';

export interface WriterParts {
  readonly database: Database;
  readonly seal: HeadSeal;
  readonly signer: NoteSigner;
  readonly highWater: HighWater;
  /** the head as it was verified at start */
  readonly head: LogHead;
  readonly nonces: NonceMemory;
  /** drafts that may wait; more are refused with log_busy */
  readonly queue: number;
}

/** ms after a failed connection during which drafts are refused without another try; longer where the failure took longer */
const pause = 250;
/** waits between tries to reach the database, ms */
const retries = [0, 50, 200] as const;
/** ms; a batch that has waited so long for a database that does not answer is told, instead of tried again */
const patience = 5_000;
const mostWorkTries = 3;

export class LogWriter {
  readonly #database: Database;
  readonly #connection: AuditConnection;
  readonly #state: LogState;
  readonly #publisher: Publisher;
  readonly #follower: Follower;
  readonly #turns = new Mutex();
  readonly #longestQueue: number;
  #queue: Waiting[] = [];
  /** drafts taken and not yet written or refused */
  #pending = 0;
  #running = false;
  #downUntil = 0;
  #broken: Problem | undefined;
  #closed = false;
  #drained: (() => void) | undefined;

  constructor({ database, seal, signer, highWater, head, nonces, queue }: WriterParts) {
    this.#database = database;
    this.#connection = new AuditConnection(database, refuseForeignGuards);
    this.#follower = new Follower(database.app, (problem) => this.halt(problem));
    this.#state = new LogState(seal, nonces, head);
    this.#publisher = new Publisher(signer, highWater, database.app, head);
    this.#longestQueue = queue;
  }

  get head(): LogHead {
    return this.#state.head;
  }

  get checkpoint(): string {
    return this.#publisher.note;
  }

  /** The tree that the newest checkpoint signs. */
  get signedTree(): TreeState {
    return this.#publisher.tree;
  }

  get broken(): Problem | undefined {
    return this.#broken;
  }

  /** From now on nothing is appended: what was found cannot be explained by anything but damage. */
  halt(problem: Problem): void {
    this.#broken ??= problem;
  }

  taken(claim: QuotaClaim): number | undefined {
    return this.#state.quotas.taken(claim);
  }

  append<D extends EntryDraft<D>>(draft: D): Promise<Appended<D>> {
    return new Promise((resolve, reject) => {
      const refusal = this.#refusal();
      if (refusal !== undefined) {
        reject(refusal);
        return;
      }
      const waiting = waitingFor(draft, resolve, reject);
      this.#pending += 1;
      this.#admit(waiting);
    });
  }

  /** Resolves when every draft that was taken is written or refused. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#pending > 0) await new Promise<void>((done) => (this.#drained = done));
    await this.#follower.look();
    await this.#publisher.close();
    await this.#connection.close();
  }

  #refusal(): Problem | undefined {
    if (this.#broken !== undefined) return this.#broken;
    const clock = this.#database.clock.trouble();
    if (clock !== undefined) return clock;
    if (this.#closed) return new Problem('log_unavailable', {}, { check: 'closed' });
    if (this.#pending >= this.#longestQueue) {
      return new Problem('log_busy', {}, { headers: { 'retry-after': '1' } });
    }
    return performance.now() < this.#downUntil ? new Problem('log_unavailable') : undefined;
  }

  #admit(waiting: Waiting): void {
    const { nonce } = waiting.claims;
    if (nonce !== undefined && !this.#state.nonces.take(nonce.keyid, nonce.nonce, waiting.exchange)) {
      void this.#redo({ waiting, claim: 'nonce' });
    } else if (waiting.work !== undefined) {
      void this.#runWork(waiting, waiting.work);
    } else {
      this.#queue.push(waiting);
      this.#wake();
    }
  }

  /** A claim is lost: its caller says what to log instead, outside of every lock. */
  async #redo({ waiting, claim }: Lost): Promise<void> {
    const { exchange } = waiting;
    const { nonce } = waiting.claims;
    try {
      await waiting.lose(claim);
    } catch (error) {
      this.#fail(waiting, error);
      return;
    }
    this.#state.lostNonces.delete(exchange);
    if (nonce !== undefined) this.#state.nonces.release(nonce.keyid, nonce.nonce, exchange);
    if (this.#broken === undefined) this.#admit(waiting);
    else this.#fail(waiting, this.#broken);
  }

  #fail(waiting: Waiting, error: unknown): void {
    const { nonce } = waiting.claims;
    if (nonce !== undefined) this.#state.nonces.release(nonce.keyid, nonce.nonce, waiting.exchange);
    waiting.fail(error);
    this.#done(1);
  }

  #done(count: number): void {
    this.#pending -= count;
    if (this.#pending === 0) this.#drained?.();
  }

  #settle(laid: Laid): void {
    this.#publisher.settle(laid);
    this.#follower.wrote(
      laid.first,
      laid.batch.map((waiting) => waiting.hash),
    );
    this.#done(laid.batch.length);
  }

  async #settleArrived(waiting: Waiting, index: number): Promise<void> {
    try {
      await this.#publisher.settleArrived(waiting, index, this.#state.head);
      this.#done(1);
    } catch (cause) {
      this.#fail(waiting, new Problem('log_unavailable', {}, { cause }));
    }
  }

  #wake(): void {
    if (this.#running) return;
    this.#running = true;
    // callers of the same tick come into the same flush
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    let written: Laid | undefined;
    this.#connection.hold();
    while (this.#queue.length > 0) {
      const endTurn = await this.#turns.take(false);
      // what is ready to be read meanwhile still comes into this flush
      await new Promise(setImmediate);
      const { batch, lost, taken } = nextBatch(this.#queue, this.#state);
      this.#queue = this.#queue.slice(taken);
      for (const one of lost) void this.#redo(one);
      const writing = batch.length === 0 ? undefined : this.#write(batch);
      if (written !== undefined) this.#settle(written);
      written = await writing;
      endTurn();
      if (this.#queue.length === 0) {
        if (written !== undefined) this.#settle(written);
        written = undefined;
        await new Promise(setImmediate);
      }
    }
    this.#connection.letGo();
    this.#running = false;
  }

  /** Never throws: who cannot be written is told. */
  async #write(batch: readonly Waiting[]): Promise<Laid | undefined> {
    let reason: unknown;
    const begun = performance.now();
    for (let failures = 0; failures < retries.length && performance.now() - begun < patience;) {
      try {
        if (failures > 0) await new Promise((go) => setTimeout(go, retries[failures]));
        // without an await where it can be: the statement is on its way before the last receipts are built
        const client = this.#connection.current ?? (await this.#connection.get());
        return this.#state.stale
          ? await this.#writeInSteps(client, batch)
          : await this.#writeAtOnce(client, batch);
      } catch (error) {
        reason = error;
        if (error instanceof Problem) break;
        this.#state.stale = true;
        if (flushLoss(error) !== undefined) continue;
        failures += 1;
        if (isConnectionLoss(error)) this.#connection.drop();
        else if (isPartitionMissing(error)) await this.#makePartitions();
        else if (!isRepeatable(error)) {
          // perhaps a server that became read-only: the next flush asks again who answers there
          this.#connection.drop();
          break;
        }
      }
    }
    this.#giveUp(batch, reason, performance.now() - begun);
    return undefined;
  }

  async #writeAtOnce(client: Transaction, batch: readonly Waiting[]): Promise<Laid> {
    const laid = lay(batch, this.#state.head, this.#state.seal);
    this.#state.won(laid, await appendFlush(client, laid.flush));
    this.#lookAhead(laid);
    return laid;
  }

  async #writeInSteps(client: Transaction, batch: readonly Waiting[]): Promise<Laid | undefined> {
    const { laid, lost, arrived } = await writeInSteps(client, batch, this.#state);
    for (const one of lost) void this.#redo(one);
    for (const { waiting, index } of arrived) await this.#settleArrived(waiting, index);
    if (laid !== undefined) this.#lookAhead(laid);
    return laid;
  }

  async #runWork(waiting: Waiting, work: NonNullable<Waiting['work']>): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        const result = await writeWithWork(this.#database.app, this.#turns, this.#state, waiting, work);
        if (typeof result === 'string') void this.#redo({ waiting, claim: result });
        else this.#settle(result);
        return;
      } catch (error) {
        if (isRepeatable(error) && tries < mostWorkTries) continue;
        this.#remember(error);
        const unknown = isConnectionLoss(error);
        if (unknown && (await this.#isDurable(waiting))) return;
        this.#fail(waiting, unknown ? new Problem('log_unavailable', {}, { cause: error }) : error);
        return;
      }
    }
  }

  /** The answer to a commit got lost: looks whether the entry is there, and settles it if so. */
  async #isDurable(waiting: Waiting): Promise<boolean> {
    const endTurn = await this.#turns.take(true);
    this.#connection.hold();
    try {
      const client = await this.#connection.get();
      const mine = new Set([waiting.exchange]);
      const before = await this.#state.approach(client, mine);
      const locked = await transactionOn(client, () => this.#state.catchUp(client, mine));
      const index = before.get(waiting.exchange) ?? locked.get(waiting.exchange);
      if (index !== undefined) await this.#settleArrived(waiting, index);
      return index !== undefined;
    } catch {
      this.#connection.drop();
      return false;
    } finally {
      this.#connection.letGo();
      endTurn();
    }
  }

  /** The next partition is made half a partition ahead; a failure is made good at the next start, or when it is missed. */
  #lookAhead({ first, head }: Laid): void {
    const half = partitionSize / 2;
    if (Math.floor(first / half) !== Math.floor(head.tree.size / half)) void this.#makePartitions();
  }

  async #makePartitions(): Promise<void> {
    await ensurePartitions(this.#database.owner, this.#state.head.tree.size).catch(() => undefined);
  }

  /** A log that contradicts itself is not written to any more, until the operator has acted. */
  #remember(error: unknown): void {
    if (!(error instanceof Problem)) return;
    if (error.code === 'log_behind' || error.code === 'log_inconsistent') this.#broken = error;
  }

  /** @param took ms: who comes next does not wait as long once more for a database that does not answer */
  #giveUp(batch: readonly Waiting[], cause: unknown, took: number): void {
    this.#remember(cause);
    const problem = cause instanceof Problem ? cause : new Problem('log_unavailable', {}, { cause });
    for (const waiting of batch) this.#fail(waiting, problem);
    if (cause instanceof Problem || isConnectionLoss(cause)) {
      this.#downUntil = performance.now() + (took < patience ? pause : took);
      const rest = this.#queue;
      this.#queue = [];
      for (const waiting of rest) this.#fail(waiting, problem);
    }
  }
}

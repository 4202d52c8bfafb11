/**
 * The one writer of a process. Owner of its head, its connection, its queue and the nonces in memory.
 *
 * A flush is one statement that takes every claim and swaps the head last. While it runs, the receipts of the flush before are built.
 * When it loses anything it is repeated in steps, with the rows locked: then who lost is known, the others are written, and the losers'
 * callers are asked what to log instead.
 */
import { signCheckpoint } from '../../../log/checkpoint.ts';
import type { NoteSigner } from '../../../log/note/noteKey.ts';
import { Problem } from '../../../terms/problem.ts';
import {
  AuditConnection,
  connectionForWork,
  isConnectionLoss,
  isRepeatable,
} from '../../store/auditConnection.ts';
import { keepCheckpoint } from '../../store/auditCheckpoints.ts';
import { appendFlush, flushLoss } from '../../store/auditFlush.ts';
import { lockPointers, lockQuotas, readHead } from '../../store/auditHead.ts';
import { ensurePartitions, isPartitionMissing, partitionSize } from '../../store/auditPartitions.ts';
import { entriesSeen } from '../../store/auditSeen.ts';
import type { Database } from '../../store/database.ts';
import type { Transaction } from '../../store/transaction.ts';
import type { Appended, EntryDraft, LostClaim } from '../draft.ts';
import { trustedHead, type HeadSeal, type LogHead } from '../head.ts';
import type { HighWater } from '../highWater.ts';
import { StoredTree } from '../prover.ts';
import { lay, nextBatch, pointersOf, quotasOf, type Laid, type Lost } from './compose.ts';
import type { NonceMemory } from './nonceMemory.ts';
import { QuotaMemory } from './quotaMemory.ts';
import { Turns } from './turns.ts';
import { waitingFor, type Waiting } from './waiting.ts';

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

/** ms after a failed connection during which drafts are refused without another try */
const pause = 250;
/** waits between tries to reach the database, ms */
const retries = [0, 50, 200] as const;
const chunk = 10_000;
/** ms between checkpoints that are kept for the history of packs */
const keepEvery = 10_000;

interface InSteps {
  readonly laid: Laid | undefined;
  readonly lost: readonly Lost[];
  /** entries of a former try that did become durable */
  readonly arrived: readonly { readonly waiting: Waiting; readonly index: number }[];
}

export class LogWriter {
  readonly #parts: WriterParts;
  readonly #connection: AuditConnection;
  readonly #quotas = new QuotaMemory();
  readonly #turns = new Turns();
  readonly #lostNonces = new Set<string>();
  #head: LogHead;
  #note: string;
  /** size of the note's tree */
  #publishedSize: number;
  #keptAt = Number.NEGATIVE_INFINITY;
  /** the head may have moved without this process knowing */
  #stale = false;
  #queue: Waiting[] = [];
  #pending = 0;
  #running = false;
  #downUntil = 0;
  #broken: Problem | undefined;
  #closing: (() => void) | undefined;
  #closed = false;

  constructor(parts: WriterParts) {
    this.#parts = parts;
    this.#connection = new AuditConnection(parts.database);
    this.#head = parts.head;
    this.#note = this.#sign(parts.head);
    this.#publishedSize = parts.head.tree.size;
  }

  get head(): LogHead {
    return this.#head;
  }

  get checkpoint(): string {
    return this.#note;
  }

  get broken(): Problem | undefined {
    return this.#broken;
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
    if (this.#pending > 0) await new Promise<void>((done) => (this.#closing = done));
    await this.#parts.highWater.flush();
    await this.#keep();
    await this.#connection.close();
  }

  #refusal(): Problem | undefined {
    if (this.#broken !== undefined) return this.#broken;
    if (this.#closed) return new Problem('log_unavailable', {}, { check: 'closed' });
    if (this.#pending >= this.#parts.queue) {
      return new Problem('log_busy', {}, { headers: { 'retry-after': '1' } });
    }
    return performance.now() < this.#downUntil ? new Problem('log_unavailable') : undefined;
  }

  #admit(waiting: Waiting): void {
    const { nonce } = waiting.claims;
    if (nonce !== undefined && !this.#parts.nonces.take(nonce.keyid, nonce.nonce, waiting.exchange)) {
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
    this.#lostNonces.delete(exchange);
    if (nonce !== undefined) this.#parts.nonces.release(nonce.keyid, nonce.nonce, exchange);
    if (this.#broken === undefined) this.#admit(waiting);
    else this.#fail(waiting, this.#broken);
  }

  #fail(waiting: Waiting, error: unknown): void {
    const { nonce } = waiting.claims;
    if (nonce !== undefined) this.#parts.nonces.release(nonce.keyid, nonce.nonce, waiting.exchange);
    waiting.fail(error);
    this.#done();
  }

  #done(): void {
    this.#pending -= 1;
    if (this.#pending === 0) this.#closing?.();
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
      const end = await this.#turns.take(false);
      const { batch, lost, taken } = nextBatch(this.#queue, this.#head, this.#quotas, this.#lostNonces);
      this.#queue = this.#queue.slice(taken);
      for (const one of lost) void this.#redo(one);
      const writing = batch.length === 0 ? undefined : this.#write(batch);
      if (written !== undefined) this.#settle(written);
      written = await writing;
      end();
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
    for (let failures = 0; failures < retries.length;) {
      try {
        if (failures > 0) await new Promise((go) => setTimeout(go, retries[failures]));
        // without an await where it can be: the statement is on its way before the last receipts are built
        const client = this.#connection.current ?? (await this.#connection.get());
        if (!this.#stale) return await this.#writeAtOnce(client, batch);
        const { laid, lost, arrived } = await this.#writeInSteps(client, batch);
        for (const one of lost) void this.#redo(one);
        for (const one of arrived) await this.#settleArrived(one);
        return laid;
      } catch (error) {
        reason = error;
        if (error instanceof Problem) {
          this.#break(error);
          break;
        }
        this.#stale = true;
        if (flushLoss(error) !== undefined) continue;
        failures += 1;
        if (isConnectionLoss(error)) this.#connection.drop();
        else if (isPartitionMissing(error)) await this.#makePartitions(this.#head.tree.size);
        else if (!isRepeatable(error)) break;
      }
    }
    this.#giveUp(batch, reason);
    return undefined;
  }

  async #writeAtOnce(client: Transaction, batch: readonly Waiting[]): Promise<Laid> {
    const laid = lay(batch, this.#head, this.#parts.seal);
    await appendFlush(client, laid.flush);
    this.#won(laid);
    return laid;
  }

  async #writeInSteps(client: Transaction, batch: readonly Waiting[]): Promise<InSteps> {
    await client.query('BEGIN');
    try {
      const quotas = await lockQuotas(client, quotasOf(batch));
      const pointers = await lockPointers(
        client,
        pointersOf(batch).map((move) => move.dataset),
      );
      const arrivedAt = await this.#catchUp(client, new Set(batch.map((waiting) => waiting.exchange)));
      const arrived: { waiting: Waiting; index: number }[] = [];
      const lost: Lost[] = [];
      const winners: Waiting[] = [];
      for (const waiting of batch) {
        const index = arrivedAt.get(waiting.exchange);
        const claim = this.#lossOf(waiting, quotas, pointers);
        if (index !== undefined) arrived.push({ waiting, index });
        else if (claim !== undefined) lost.push({ waiting, claim });
        else winners.push(waiting);
      }
      const laid = winners.length === 0 ? undefined : lay(winners, this.#head, this.#parts.seal);
      if (laid !== undefined) await appendFlush(client, laid.flush);
      await client.query('COMMIT');
      this.#stale = false;
      if (laid !== undefined) this.#won(laid);
      return { laid, lost, arrived };
    } catch (error) {
      await client.query('ROLLBACK').catch(() => this.#connection.drop());
      throw error;
    }
  }

  /** With the rows locked: what this draft has lost. What it takes is counted for the drafts behind it. */
  #lossOf(
    { claims, exchange }: Waiting,
    quotas: Map<string, number>,
    pointers: Map<string, string | null>,
  ): LostClaim | undefined {
    if (this.#lostNonces.has(exchange)) return 'nonce';
    if (claims.epoch !== undefined && claims.epoch !== this.#head.epoch) return 'epoch';
    const { quota, publish } = claims;
    if (publish !== undefined && pointers.get(publish.dataset) !== publish.from) return 'publish';
    if (quota !== undefined) {
      const key = `${quota.agreement}\t${quota.day}`;
      const calls = quotas.get(key) ?? 0;
      this.#quotas.know(quota.agreement, quota.day, calls);
      if (calls + quota.calls > quota.max) return 'quota';
      quotas.set(key, calls + quota.calls);
    }
    return undefined;
  }

  /**
   * Locks the head and reads what others appended.
   * @returns where those of `mine` stand that are durable already
   */
  async #catchUp(client: Transaction, mine: ReadonlySet<string>): Promise<Map<string, number>> {
    const arrived = new Map<string, number>();
    const head = trustedHead(await readHead(client, true), this.#parts.seal);
    const known = this.#head.tree.size;
    if (head.tree.size < known) throw new Problem('log_behind', { size: head.tree.size, known });
    if (head.tree.size === known && Buffer.compare(head.tree.root, this.#head.tree.root) !== 0) {
      throw new Problem('log_inconsistent', { what: 'root' });
    }
    for (let from = known; from < head.tree.size; from += chunk) {
      for (const entry of await entriesSeen(client, from, Math.min(from + chunk, head.tree.size))) {
        if (mine.has(entry.id)) arrived.set(entry.id, entry.index);
        if (entry.nonce === undefined) continue;
        const loser = this.#parts.nonces.seen(entry.nonce.keyid, entry.nonce.nonce, entry.at);
        if (loser !== undefined && loser !== entry.id) this.#lostNonces.add(loser);
      }
    }
    this.#head = head;
    return arrived;
  }

  /**
   * Rows that change with the entry: the work first, then the head. A head lost to another process costs a savepoint, not the work.
   */
  async #runWork(waiting: Waiting, work: NonNullable<Waiting['work']>): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        const laid = await this.#inTransaction(work, (client) => this.#swapAfterWork(client, waiting));
        if (typeof laid === 'string') void this.#redo({ waiting, claim: laid });
        else this.#settle(laid);
        return;
      } catch (error) {
        if (isRepeatable(error) && tries < 3) continue;
        if (error instanceof Problem) this.#break(error);
        const lost = isConnectionLoss(error) && !(error instanceof Problem);
        if (lost && (await this.#isDurable(waiting))) return;
        this.#fail(waiting, lost ? new Problem('log_unavailable', {}, { cause: error }) : error);
        return;
      }
    }
  }

  /** The answer to a commit got lost: looks whether the entry is there, and settles it if so. */
  async #isDurable(waiting: Waiting): Promise<boolean> {
    const end = await this.#turns.take(true);
    this.#connection.hold();
    try {
      const client = await this.#connection.get();
      await client.query('BEGIN');
      const arrived = await this.#catchUp(client, new Set([waiting.exchange]));
      await client.query('COMMIT');
      const index = arrived.get(waiting.exchange);
      if (index !== undefined) await this.#settleArrived({ waiting, index });
      return index !== undefined;
    } catch {
      this.#connection.drop();
      return false;
    } finally {
      this.#connection.letGo();
      end();
    }
  }

  async #inTransaction(
    work: NonNullable<Waiting['work']>,
    swap: (client: Transaction) => Promise<Laid | LostClaim>,
  ): Promise<Laid | LostClaim> {
    const client = await connectionForWork(this.#parts.database.app);
    let broken: Error | undefined;
    const onError = (error: Error): void => {
      broken = error;
    };
    client.on('error', onError);
    let end: (() => void) | undefined;
    try {
      await client.query('BEGIN');
      await work(client);
      await client.query('SAVEPOINT before_swap');
      end = await this.#turns.take(true);
      const laid = await swap(client);
      await client.query(typeof laid === 'string' ? 'ROLLBACK' : 'COMMIT');
      if (typeof laid !== 'string') this.#won(laid);
      return laid;
    } catch (error) {
      if (end !== undefined) this.#stale = true;
      await client.query('ROLLBACK').catch((failed: unknown) => {
        broken = failed as Error;
      });
      throw error;
    } finally {
      end?.();
      client.off('error', onError);
      client.release(broken);
    }
  }

  async #swapAfterWork(client: Transaction, waiting: Waiting): Promise<Laid | LostClaim> {
    for (;;) {
      if (this.#stale) {
        await this.#catchUp(client, new Set());
        this.#stale = false;
      }
      const { lost } = nextBatch([waiting], this.#head, this.#quotas, this.#lostNonces);
      if (lost[0] !== undefined) return lost[0].claim;
      const laid = lay([waiting], this.#head, this.#parts.seal);
      try {
        await appendFlush(client, laid.flush);
        return laid;
      } catch (error) {
        const loss = flushLoss(error);
        if (loss === undefined) throw error;
        await client.query('ROLLBACK TO SAVEPOINT before_swap');
        if (loss !== 'head') return loss;
        this.#stale = true;
      }
    }
  }

  #won(laid: Laid): void {
    this.#head = laid.head;
    for (const { claims, at } of laid.batch) {
      if (claims.nonce !== undefined) this.#parts.nonces.use(claims.nonce.keyid, claims.nonce.nonce, at);
      const { quota } = claims;
      if (quota !== undefined) this.#quotas.add(quota.agreement, quota.day, quota.calls);
    }
    const { size } = laid.head.tree;
    const half = partitionSize / 2;
    if (Math.floor(laid.first / half) !== Math.floor(size / half)) {
      // the next partition is 2^19 entries away: a failure now is made good at the next start, or when it is missed
      void this.#makePartitions(size);
    }
  }

  async #makePartitions(size: number): Promise<void> {
    await ensurePartitions(this.#parts.database.owner, size).catch(() => undefined);
  }

  #settle({ batch, growth, head, first }: Laid): void {
    const checkpoint = this.#sign(head);
    for (const [at, waiting] of batch.entries()) {
      waiting.settle({ index: first + at, proof: growth.pathOf(first + at), checkpoint });
      this.#done();
    }
    this.#publish(head, checkpoint);
  }

  /** An entry of a flush whose answer got lost: it is durable, so its proof is read from the store. */
  async #settleArrived({
    waiting,
    index,
  }: {
    readonly waiting: Waiting;
    readonly index: number;
  }): Promise<void> {
    const head = this.#head;
    try {
      const proof = await new StoredTree(this.#parts.database.app, head.tree.size).inclusionProof(index);
      waiting.settle({ index, proof, checkpoint: this.#sign(head) });
      this.#done();
    } catch (cause) {
      this.#fail(waiting, new Problem('log_unavailable', {}, { cause }));
    }
  }

  #sign({ tree }: LogHead): string {
    return signCheckpoint(tree.size, tree.root, this.#parts.signer);
  }

  #publish({ tree }: LogHead, checkpoint: string): void {
    // a flush may be settled after a later one was caught up with
    if (tree.size >= this.#publishedSize) {
      this.#publishedSize = tree.size;
      this.#note = checkpoint;
      this.#parts.highWater.note(tree, checkpoint);
      if (performance.now() - this.#keptAt > keepEvery) void this.#keep();
    }
  }

  /** Stores the newest checkpoint for the history of packs. Not needed for anything else, so a failure is let be. */
  async #keep(): Promise<void> {
    this.#keptAt = performance.now();
    await keepCheckpoint(this.#parts.database.app, this.#publishedSize, this.#note).catch(() => undefined);
  }

  #break(problem: Problem): void {
    if (problem.code === 'log_behind' || problem.code === 'log_inconsistent') this.#broken = problem;
  }

  #giveUp(batch: readonly Waiting[], cause: unknown): void {
    const problem = cause instanceof Problem ? cause : new Problem('log_unavailable', {}, { cause });
    for (const waiting of batch) this.#fail(waiting, problem);
    if (cause instanceof Problem || isConnectionLoss(cause)) {
      this.#downUntil = performance.now() + pause;
      const rest = this.#queue;
      this.#queue = [];
      for (const waiting of rest) this.#fail(waiting, problem);
    }
  }
}

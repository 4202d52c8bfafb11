/**
 * Stores the newest checkpoint of one hub's log and requires proof that every further one continues it. It detects a log that was
 * rewritten, rolled back or shown differently to different clients, even where the log's key was stolen.
 *
 * The first reply of a process is returned only once this proof exists. Later replies share one proof a second. A hub that gives no proof
 * is trusted for a day and for 2,000 checkpoints. The checkpoints that it showed in that time still need proof, also by other processes.
 */
import { claimedCheckpoint, type Checkpoint } from '../../log/checkpoint.ts';
import { fromBase64 } from '../../log/base64.ts';
import { sameHash } from '../../log/hash.ts';
import { isConsistent } from '../../log/tree/verifyProof.ts';
import { defined } from '../../terms/defined.ts';
import { Problem } from '../../terms/problem.ts';
import { DatongProblem } from './datongProblem.ts';

/** State of one log that is stored between two runs. */
export interface StoredLog {
  /** the newest checkpoint that continues all those seen before, a C2SP signed note */
  readonly checkpoint: string;
  /** seen, and not yet proven */
  readonly waiting: readonly string[];
  /** RFC 3339, since when the hub has given no proof */
  readonly unprovenSince?: string;
  /** statements by which the log changed its key, as far as they were needed */
  readonly rotations?: readonly string[];
}

export interface CheckpointStore {
  read(): Promise<StoredLog | undefined>;
  write(retained: StoredLog): Promise<void>;
  /** Stores two signed checkpoints that belong to different histories. @returns their location, as text for people */
  keepConflict(conflict: { readonly kept: string; readonly shown: string }): Promise<string>;
}

/** Asks the hub and returns the unchanged answer of `proveConsistency`. */
export type AskConsistency = (size: number, from: readonly number[]) => Promise<unknown>;

interface Seen extends Checkpoint {
  readonly note: string;
}

/** milliseconds between two proofs of a process */
const proofIntervalMs = 1_000;
/** milliseconds after which a hub that gives no proof is no longer trusted */
const trustMs = 24 * 3_600_000;
/** sizes that one question may name */
const maxSizes = 100;
/** maximum number of checkpoints without proof */
const maxWaiting = 2_000;

export class CheckpointKeeper {
  private readonly store: CheckpointStore;
  private readonly ask: AskConsistency;
  private readonly now: () => number;
  private readonly waiting = new Map<string, Seen>();
  private newest: Seen | undefined;
  /** the file as this process last read or wrote it */
  private stored: StoredLog | undefined;
  private noProofSince: string | undefined;
  private loaded: Promise<void> | undefined;
  private running: Promise<void> | undefined;
  private failed: Problem | undefined;
  private readonly keyRotations = new Set<string>();
  private settledAt = Number.NEGATIVE_INFINITY;

  /** @param now Unix milliseconds */
  constructor(store: CheckpointStore, ask: AskConsistency, now: () => number = Date.now) {
    this.store = store;
    this.ask = ask;
    this.now = now;
  }

  /** Size of the stored checkpoint. */
  get size(): number | undefined {
    return this.newest?.size;
  }

  /** Since when the hub has given no proof; undefined while it does. */
  get unprovenSince(): string | undefined {
    return this.noProofSince;
  }

  /** Statements that any process of this department received before. */
  async rotations(): Promise<readonly string[]> {
    await this.ready();
    return [...this.keyRotations];
  }

  /** Stores the statements with the next checkpoint. */
  knowRotations(statements: readonly string[]): void {
    for (const statement of statements) this.keyRotations.add(statement);
  }

  /**
   * Takes a checkpoint that a trusted key of the log signed.
   * @throws Problem reply_log_forked, for this and every later one; reply_log_unproven
   */
  async see(note: string, checkpoint: Checkpoint): Promise<void> {
    if (this.failed !== undefined) throw this.failed;
    await this.ready();
    this.enqueue({ ...checkpoint, note });
    const isDue = this.now() - this.settledAt >= proofIntervalMs || this.waiting.size > maxWaiting;
    if (isDue || this.isOverdue()) await this.settle();
  }

  /** Has everything seen so far proven now. @throws Problem reply_log_forked, reply_log_unproven */
  async settle(): Promise<void> {
    await this.ready();
    this.running ??= this.proveAll().finally(() => {
      this.running = undefined;
      this.settledAt = this.now();
    });
    await this.running;
  }

  /** Reads the stored state once; a file that could not be read is read again at the next reply. */
  private async ready(): Promise<void> {
    this.loaded ??= this.readStored().catch((error: unknown) => {
      this.loaded = undefined;
      throw error;
    });
    await this.loaded;
  }

  /** Whether the hub is no longer trusted without a proof. */
  private isOverdue(): boolean {
    if (this.noProofSince === undefined) return false;
    return this.now() - Date.parse(this.noProofSince) > trustMs || this.waiting.size > maxWaiting;
  }

  /** All later checkpoints are compared with the first one ever seen. */
  private enqueue(one: Seen): void {
    this.newest ??= one;
    if (isSame(this.newest, one)) return;
    this.waiting.set(`${one.size} ${Buffer.from(one.root).toString('base64')}`, one);
  }

  private async proveAll(): Promise<void> {
    // before anything is written over it
    await this.readStored();
    while (this.waiting.size > 0 && (await this.proveSome())) await this.readStored();
    if (this.newest === undefined) return;
    const state: StoredLog = {
      checkpoint: this.newest.note,
      waiting: [...this.waiting.values()].slice(0, maxWaiting).map(({ note }) => note),
      ...defined({ unprovenSince: this.noProofSince }),
      ...(this.keyRotations.size === 0 ? {} : { rotations: [...this.keyRotations] }),
    };
    if (this.stored === undefined || !isSameState(state, this.stored)) {
      await this.store.write(state);
      this.stored = state;
    }
    if (this.noProofSince !== undefined && this.isOverdue())
      throw new Problem('reply_log_unproven', { since: this.noProofSince, kept: this.newest.size });
  }

  /** Takes what another process of this department has stored since: its checkpoint, and those that still need proof. */
  private async readStored(): Promise<void> {
    const other = await this.store.read();
    this.knowRotations(other?.rotations ?? []);
    if (other === undefined || (this.stored !== undefined && isSameState(other, this.stored))) return;
    this.stored = other;
    for (const note of [other.checkpoint, ...other.waiting]) this.enqueue(seen(note));
    if (this.waiting.size > 0) this.noProofSince ??= other.unprovenSince;
  }

  /** @returns whether the hub gave its proofs */
  private async proveSome(): Promise<boolean> {
    const all = [...(this.newest === undefined ? [] : [this.newest]), ...this.waiting.values()];
    const target = all.reduce((largest, one) => (one.size > largest.size ? one : largest));
    const older = all.filter((one) => one !== target).slice(0, maxSizes);
    for (const one of older)
      if (one.size === target.size && !sameHash(one.root, target.root)) throw await this.fork(one, target);
    const from = [...new Set(older.map(({ size }) => size))].filter((size) => size > 0 && size < target.size);
    const proofs = await this.proofs(target, older, from);
    if (proofs === undefined) {
      this.noProofSince ??= new Date(this.now()).toISOString();
      return false;
    }
    for (const one of older) {
      const proof = proofs.get(one.size) ?? [];
      if (!isConsistent(one, target, proof)) throw await this.fork(one, target);
      this.waiting.delete(`${one.size} ${Buffer.from(one.root).toString('base64')}`);
    }
    this.waiting.delete(`${target.size} ${Buffer.from(target.root).toString('base64')}`);
    this.newest = target;
    this.noProofSince = undefined;
    return true;
  }

  /** By size; undefined where the hub was not reached or gave no proofs. */
  private async proofs(
    target: Seen,
    older: readonly Seen[],
    from: readonly number[],
  ): Promise<ReadonlyMap<number, readonly Uint8Array[]> | undefined> {
    if (from.length === 0) return new Map();
    try {
      const proofs = proofsOf(await this.ask(target.size, from));
      return from.every((size) => proofs.has(size)) ? proofs : undefined;
    } catch (error) {
      const [first] = older;
      // the hub signed this size before, and now reports that its log never had it
      if (error instanceof DatongProblem && error.code === 'log_shorter' && first !== undefined)
        throw await this.fork(first, target);
      return undefined;
    }
  }

  /** The checkpoint shown first stays stored, so that the next run sees it as well. */
  private async fork(one: Seen, other: Seen): Promise<Problem> {
    const [retained, shown] = this.newest === other ? [other, one] : [one, other];
    const place = await this.store.keepConflict({ kept: retained.note, shown: shown.note });
    this.failed = new Problem(
      'reply_log_forked',
      { kept: retained.size, shown: shown.size, place },
      { check: 'log' },
    );
    return this.failed;
  }
}

const seen = (note: string): Seen => ({ ...claimedCheckpoint(note), note });

/** What is to be proven; statements about keys are added only. */
const isSameState = (one: StoredLog, other: StoredLog): boolean =>
  one.checkpoint === other.checkpoint &&
  one.unprovenSince === other.unprovenSince &&
  one.waiting.join('\n') === other.waiting.join('\n');

const isSame = (a: Checkpoint, b: Checkpoint): boolean => a.size === b.size && sameHash(a.root, b.root);

/** The proofs in an answer, by the size they start from; values that are no proof are left out. */
function proofsOf(answer: unknown): ReadonlyMap<number, readonly Uint8Array[]> {
  const proofs = new Map<number, readonly Uint8Array[]>();
  const { proofs: list } = membersOf(answer);
  for (const one of Array.isArray(list) ? (list as unknown[]) : []) {
    const { from, proof } = membersOf(one);
    if (typeof from !== 'number' || !Array.isArray(proof)) continue;
    const hashes = proof.map((text) => (typeof text === 'string' ? fromBase64(text) : undefined));
    const whole = hashes.flatMap((hash) => hash ?? []);
    if (whole.length === hashes.length) proofs.set(from, whole);
  }
  return proofs;
}

const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

/** A store that lasts as long as the process. */
export function checkpointsInMemory(): CheckpointStore {
  let retained: StoredLog | undefined;
  return {
    read: () => Promise.resolve(retained),
    write: (newer) => {
      retained = newer;
      return Promise.resolve();
    },
    keepConflict: ({ kept: one, shown }) => Promise.resolve(`${one}\n${shown}`),
  };
}

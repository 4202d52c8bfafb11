/**
 * Stores the newest checkpoint of one hub's log and requires proof that every further one continues it. It detects a log that was
 * rewritten, rolled back or shown differently to different clients, even where the log's key was stolen.
 *
 * The first reply of a process is returned only once this proof exists. Later replies share one proof a second. A hub that gives no proof
 * is trusted for a day. The checkpoints that it showed in that time still need proof.
 */
import { claimedCheckpoint, type Checkpoint } from '../../log/checkpoint.ts';
import { fromBase64 } from '../../log/base64.ts';
import { sameHash } from '../../log/hash.ts';
import { isConsistent } from '../../log/tree/verifyProof.ts';
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
const interval = 1_000;
/** milliseconds after which a hub that gives no proof is no longer trusted */
const patience = 24 * 3_600_000;
/** sizes that one question may name */
const maxSizes = 100;
/** maximum number of checkpoints without proof that are stored between two runs */
const maxWaiting = 100;

export class CheckpointKeeper {
  private readonly store: CheckpointStore;
  private readonly ask: AskConsistency;
  private readonly now: () => number;
  private readonly waiting = new Map<string, Seen>();
  private kept: Seen | undefined;
  private stored: string | undefined;
  private since: string | undefined;
  private loaded: Promise<void> | undefined;
  private flight: Promise<void> | undefined;
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
    return this.kept?.size;
  }

  /** Since when the hub has given no proof; undefined while it does. */
  get unprovenSince(): string | undefined {
    return this.since;
  }

  /** Statements that any process of this department received before. */
  async rotations(): Promise<readonly string[]> {
    await (this.loaded ??= this.load());
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
    await (this.loaded ??= this.load());
    this.enqueue({ ...checkpoint, note });
    if (this.now() - this.settledAt >= interval) await this.settle();
  }

  /** Has everything seen so far proven now. @throws Problem reply_log_forked, reply_log_unproven */
  async settle(): Promise<void> {
    await (this.loaded ??= this.load());
    this.flight ??= this.proveAll().finally(() => {
      this.flight = undefined;
      this.settledAt = this.now();
    });
    await this.flight;
  }

  private async load(): Promise<void> {
    const retained = await this.store.read();
    if (retained === undefined) return;
    this.stored = retained.checkpoint;
    this.kept = seen(retained.checkpoint);
    this.since = retained.unprovenSince;
    this.knowRotations(retained.rotations ?? []);
    for (const note of retained.waiting) this.enqueue(seen(note));
  }

  /** All later checkpoints are compared with the first one ever seen. */
  private enqueue(one: Seen): void {
    this.kept ??= one;
    if (isSame(this.kept, one)) return;
    this.waiting.set(`${one.size} ${Buffer.from(one.root).toString('base64')}`, one);
  }

  private async proveAll(): Promise<void> {
    for (let proven = true; proven;) {
      if (this.waiting.size > 0) proven = await this.proveSome();
      else if (!(await this.tookOver())) break;
    }
    if (this.kept === undefined || (this.waiting.size === 0 && this.kept.note === this.stored)) return;
    await this.store.write({
      checkpoint: this.kept.note,
      waiting: [...this.waiting.values()].slice(0, maxWaiting).map(({ note }) => note),
      ...(this.since === undefined ? {} : { unprovenSince: this.since }),
      ...(this.keyRotations.size === 0 ? {} : { rotations: [...this.keyRotations] }),
    });
    this.stored = this.kept.note;
    if (this.since !== undefined && this.now() - Date.parse(this.since) > patience)
      throw new Problem('reply_log_unproven', { since: this.since, kept: this.kept.size });
  }

  /** Another process of this department may have stored a checkpoint since. */
  private async tookOver(): Promise<boolean> {
    const other = await this.store.read();
    this.knowRotations(other?.rotations ?? []);
    const stored = other?.checkpoint;
    if (stored === undefined || stored === this.stored) return false;
    this.stored = stored;
    this.enqueue(seen(stored));
    return this.waiting.size > 0;
  }

  /** @returns whether the hub gave its proofs */
  private async proveSome(): Promise<boolean> {
    const all = [...(this.kept === undefined ? [] : [this.kept]), ...this.waiting.values()];
    const target = all.reduce((largest, one) => (one.size > largest.size ? one : largest));
    const older = all.filter((one) => one !== target).slice(0, maxSizes);
    for (const one of older)
      if (one.size === target.size && !sameHash(one.root, target.root)) throw await this.fork(one, target);
    const from = [...new Set(older.map(({ size }) => size))].filter((size) => size > 0 && size < target.size);
    const proofs = await this.proofs(target, older, from);
    if (proofs === undefined) {
      this.since ??= new Date(this.now()).toISOString();
      return false;
    }
    for (const one of older) {
      const proof = proofs.get(one.size) ?? [];
      if (!isConsistent(one, target, proof)) throw await this.fork(one, target);
      this.waiting.delete(`${one.size} ${Buffer.from(one.root).toString('base64')}`);
    }
    this.waiting.delete(`${target.size} ${Buffer.from(target.root).toString('base64')}`);
    this.kept = target;
    this.since = undefined;
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
    const [retained, shown] = this.kept === other ? [other, one] : [one, other];
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

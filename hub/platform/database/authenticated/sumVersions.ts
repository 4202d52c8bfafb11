/**
 * The newest sums that this process knows. A version alone does not name one sum: a transaction that was undone has written a version too, with
 * a valid MAC, and an administrator who reads the files of the database finds it there; another process may have gone on from a state that was
 * put back. The vector of a sum (`writers.ts`) shows both. No state outside, except what `KnownVersions` stores.
 */
import type { KeyObject } from 'node:crypto';
import type { QueryResult } from 'pg';
import { isRefusal } from '../failure.ts';
import {
  writersOf,
  type KnownSum,
  type KnownVersions,
  type Summed,
  type TableDigests,
  type TableSum,
} from './seals.ts';
import type { Session } from './session.ts';
import { forAll, includes, newestOf, noWriters, olderRelease, withWriter, type Writers } from './writers.ts';

export class SumVersions {
  private readonly stored: KnownVersions;
  /** highest version that a transaction of this process has written, committed or not */
  private readonly highest = new Map<string, number>();
  /** sums that undone transactions of this process have written, by version: it has committed no later one */
  private readonly undone = new Map<string, Map<number, bigint>>();

  constructor(stored: KnownVersions) {
    this.stored = stored;
  }

  known(name: string): KnownSum {
    return this.stored.get(name) ?? { version: 0 };
  }

  /**
   * A sum of a version that no transaction of this process has written, so that no two sums have the same. Its vector continues that of the
   * stored sum alone: what this process knows in addition may not be in the stored state.
   */
  next(name: string, before: TableSum | undefined, now: Summed): TableSum {
    const version = this.nextVersion(name, before);
    const former = before === undefined ? noWriters : writersOf(before);
    return { ...summed(now), version, writers: withWriter(former, this.stored.process, version) };
  }

  nextForAll(name: string, before: TableSum | undefined, now: Summed): TableSum {
    // above the versions that any process knows: each change adds one, and there are fewer than one each millisecond
    const version = Math.max(
      this.nextVersion(name, before),
      newestOf(this.known(name).writers) + 1,
      newestOf(before?.lacks) + 1,
      Date.now(),
    );
    return { ...summed(now), version, writers: forAll(this.stored.process, version) };
  }

  private nextVersion(name: string, before: TableSum | undefined): number {
    return Math.max(before?.version ?? 0, this.known(name).version, this.highest.get(name) ?? 0) + 1;
  }

  /** A transaction has written a sum, and has not ended yet. */
  written(name: string, { version }: TableSum): void {
    this.highest.set(name, Math.max(version, this.highest.get(name) ?? 0));
  }

  /** A transaction has committed it, or it was read and verified. */
  seen(name: string, sum: KnownSum | TableSum): void {
    const { version, sum: ofRows } = sum;
    const writers = 'count' in sum ? writersOf(sum) : sum.writers;
    this.stored.note(name, { version, sum: ofRows, writers }, this.replacedBy(writers));
    const undone = this.undone.get(name);
    if (undone === undefined) return;
    for (const older of undone.keys()) if (this.isSuperseded(name, older)) undone.delete(older);
    if (undone.size === 0) this.undone.delete(name);
  }

  /** Whether a version of this process is older than one that it has committed: then the vectors decide. */
  private isSuperseded(name: string, version: number): boolean {
    const { writers } = this.known(name);
    return writers !== undefined && version <= Math.max(writers.floor, writers.of[this.stored.process] ?? 0);
  }

  /** What an undone transaction has written counts never again. @param written by name */
  undo(written: ReadonlyMap<string, TableSum>): void {
    for (const [name, { version, sum }] of written) {
      if (this.isSuperseded(name, version)) continue;
      const undone = this.undone.get(name) ?? new Map<number, bigint>();
      this.undone.set(name, undone.set(version, sum));
    }
  }

  /** Only a session that goes on shows that the server has undone what it refused to commit. */
  undoRefused(session: Pick<Session, 'status' | 'refused'>): void {
    if (session.status !== 'I' || session.refused.size === 0) return;
    this.undo(session.refused);
    session.refused = new Map();
  }

  /**
   * Commits. After any other error than a refusal it is not known whether the server has committed, e.g. where it replayed its log since.
   * @param written sums of the transaction, by name @param onRefusal undoes them, once the session is ready for the next statement
   */
  async commit(
    written: ReadonlyMap<string, TableSum>,
    work: () => Promise<QueryResult>,
    onRefusal: () => void,
  ): Promise<QueryResult> {
    try {
      const result = await work();
      if (result.command === 'COMMIT') for (const [name, sum] of written) this.seen(name, sum);
      else this.undo(written);
      return result;
    } catch (error) {
      if (isRefusal(error)) onRefusal();
      throw error;
    }
  }

  digests(key: KeyObject, written: TableDigests['written']): TableDigests {
    return {
      key,
      known: (name) => this.known(name),
      isNewest: (name, sum, known) => this.isNewest(name, sum, known),
      next: (name, before, now) => this.next(name, before, now),
      nextForAll: (name, before, now) => this.nextForAll(name, before, now),
      written,
      seen: (name, sum) => this.seen(name, sum),
    };
  }

  /** Whether a sum with a valid MAC descends from the known one, and from none that was undone. */
  isNewest(name: string, sum: TableSum, known: KnownSum = this.known(name)): boolean {
    if (sum.lacks !== undefined) {
      // another process knows more: from now on this one does too
      this.stored.note(name, { version: 0, writers: sum.lacks });
      return false;
    }
    if (this.isOfUndone(name, sum)) return false;
    const { version } = sum;
    const isNewer =
      version > known.version || (version === known.version && (known.sum ?? sum.sum) === sum.sum);
    if (!isNewer) return false;
    const writers = writersOf(sum);
    const floor = Math.max(writers.floor, this.replacedBy(writers));
    return known.writers === undefined || includes({ ...writers, floor }, known.writers);
  }

  /** A process of an earlier release leaves out who wrote the versions before its own. Up to this one that is no fault. */
  private replacedBy(writers: Writers | undefined): number {
    return this.stored.isOlderExpected() ? (writers?.of[olderRelease] ?? 0) : 0;
  }

  /** Whether an undone transaction of this process wrote it, or another process went on from there. */
  private isOfUndone(name: string, { version, sum, writers }: TableSum): boolean {
    const undone = this.undone.get(name);
    if (undone === undefined) return false;
    // others may write the version that was undone, and the same sum where a table is emptied
    if (writers === undefined) return undone.get(version) === sum;
    const own = writers.of[this.stored.process] ?? 0;
    // of the version itself its sum decides: a copy of this state folder gives another process the same id
    return own === version ? undone.get(own) === sum : undone.has(own);
  }
}

/** Without the vector of the sum that it came from. */
const summed = ({ count, sum }: Summed): Summed => ({ count, sum });

/**
 * The newest sums that this process knows. A version alone does not name one sum: a transaction that was undone has written a version too, with
 * a valid MAC, and an administrator who reads the files of the database finds it there. No state outside, except what `KnownVersions` stores.
 */
import type { KeyObject } from 'node:crypto';
import type { QueryResult } from 'pg';
import { isConnectionLoss } from '../failure.ts';
import type { KnownSum, KnownVersions, TableDigests, TableSum } from './seals.ts';

type Written = Pick<TableSum, 'version' | 'sum'>;

export class SumVersions {
  private readonly stored: KnownVersions;
  /** highest version that a transaction of this process has written, committed or not */
  private readonly highest = new Map<string, number>();
  /** sums that an undone transaction has written, by version: none is newer than the known version */
  private readonly undone = new Map<string, Map<number, bigint>>();

  constructor(stored: KnownVersions) {
    this.stored = stored;
  }

  known(name: string): KnownSum {
    return { version: this.stored.get(name) ?? 0, sum: this.stored.sumOf?.(name) };
  }

  /** A version that no transaction of this process has written, so that no two sums have the same. @param before of the stored sum */
  next(name: string, before: number): number {
    return Math.max(before, this.stored.get(name) ?? 0, this.highest.get(name) ?? 0) + 1;
  }

  /** A transaction has written a sum, and has not ended yet. */
  written(name: string, { version }: Written): void {
    this.highest.set(name, Math.max(version, this.highest.get(name) ?? 0));
  }

  /** A transaction has committed it, or it was read and verified. */
  seen(name: string, { version, sum }: KnownSum): void {
    this.stored.note(name, version, sum);
    const undone = this.undone.get(name);
    for (const older of undone?.keys() ?? []) if (older <= version) undone?.delete(older);
    if (undone?.size === 0) this.undone.delete(name);
  }

  /** What an undone transaction has written counts never again. @param written by name */
  undo(written: ReadonlyMap<string, Written>): void {
    for (const [name, { version, sum }] of written) {
      if (version <= (this.stored.get(name) ?? 0)) continue;
      const undone = this.undone.get(name) ?? new Map<number, bigint>();
      this.undone.set(name, undone.set(version, sum));
    }
  }

  /** Commits. @param written sums of the transaction, by name */
  async commit(
    written: ReadonlyMap<string, Written>,
    work: () => Promise<QueryResult>,
  ): Promise<QueryResult> {
    try {
      const result = await work();
      if (result.command === 'COMMIT') for (const [name, sum] of written) this.seen(name, sum);
      else this.undo(written);
      return result;
    } catch (error) {
      // otherwise it is not known whether the server has committed it
      if (!isConnectionLoss(error)) this.undo(written);
      throw error;
    }
  }

  digests(key: KeyObject, written: TableDigests['written']): TableDigests {
    return {
      key,
      known: (name) => this.known(name),
      isNewest: (name, sum, known) => this.isNewest(name, sum, known),
      next: (name, before) => this.next(name, before),
      written,
      seen: (name, sum) => this.seen(name, sum),
    };
  }

  /** Whether a sum with a valid MAC is no older one than the known one, and none that was undone. */
  isNewest(name: string, { version, sum }: Written, known: KnownSum = this.known(name)): boolean {
    if (this.undone.get(name)?.get(version) === sum) return false;
    return version > known.version || (version === known.version && (known.sum ?? sum) === sum);
  }
}

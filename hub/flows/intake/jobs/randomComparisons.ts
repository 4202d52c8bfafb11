/**
 * Comparisons of tables of rows with their digests at moments that only this process knows. A database administrator sees when a job begins,
 * and can put altered rows back before it reads them. Nothing announces these comparisons, and each reads one snapshot, so that rows that are
 * put back while it runs are still found.
 */
import { randomInt } from 'node:crypto';
import type { SqlName } from '../../../domain/rowTable/names.ts';
import { sealingOf } from '../../../platform/database/authenticated/rowSealing.ts';
import type { Database } from '../../../platform/database/database.ts';
import { digestedTables, inShortSnapshot } from '../../rows/store/digestedTables.ts';
import { digestName } from '../../rows/store/openDigest.ts';
import { faultOfTable, type DigestFault } from '../../rows/store/rowDigests.ts';

/** maximum ms from one comparison to the next */
const maxWaitMs = 60_000;
/** ms of work of one, and of one statement: a table that takes longer is left to the job */
const maxWorkMs = 1_000;

export class RandomComparisons {
  private readonly database: Pick<Database, 'owner'>;
  /** tables at the last comparison: their list is not read first, as that would announce the next one */
  private tables: readonly SqlName[] = [];
  private readonly found = new Map<SqlName, DigestFault>();
  private next = performance.now() + randomInt(maxWaitMs);
  private isRunning = false;

  constructor(database: Pick<Database, 'owner'>) {
    this.database = database;
  }

  /** Begins a comparison when its moment has come. @returns whether there are faults that are not recorded yet */
  poll(): boolean {
    if (performance.now() >= this.next && !this.isRunning) {
      this.isRunning = true;
      // a database that is away, or a table that takes too long: the next one begins as usual
      void this.compare()
        .catch(() => undefined)
        .finally(() => {
          this.isRunning = false;
          this.next = performance.now() + randomInt(maxWaitMs);
        });
    }
    return this.found.size > 0;
  }

  /** Compares as many tables, in a random order, as the time permits. */
  async compare(): Promise<void> {
    const { owner } = this.database;
    const digests = sealingOf(owner)?.digests;
    if (digests === undefined) return;
    if (this.tables.length === 0) this.tables = await digestedTables(owner);
    const begun = performance.now();
    // before the snapshot begins: later commits are newer than the snapshot
    const versions = new Map(
      this.tables.map((table) => [digestName(table), digests.knownVersion(digestName(table))]),
    );
    const known = { ...digests, knownVersion: (name: string) => versions.get(name) ?? 0 };
    await inShortSnapshot(owner, maxWorkMs, async (snapshot) => {
      this.tables = await digestedTables(snapshot);
      for (const table of shuffled(this.tables)) {
        const fault = await faultOfTable(snapshot, table, known);
        if (fault !== undefined) this.found.set(table, fault);
        if (performance.now() - begun > maxWorkMs) break;
      }
    });
  }

  /** Faults that are not recorded yet. */
  get faults(): ReadonlyMap<SqlName, DigestFault> {
    return new Map(this.found);
  }

  markRecorded(faults: ReadonlyMap<SqlName, DigestFault>): void {
    for (const table of faults.keys()) this.found.delete(table);
  }
}

/** In an order that cannot be predicted (Fisher–Yates). */
function shuffled<T>(list: readonly T[]): readonly T[] {
  const order = [...list];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [order[last], order[other]] = [order[other] as T, order[last] as T];
  }
  return order;
}

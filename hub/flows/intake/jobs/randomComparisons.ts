/**
 * Comparisons of tables of rows with their digests at moments that only this process knows. A database administrator sees when a job begins,
 * and can put altered rows back before it reads them. Nothing announces these comparisons, and each reads one snapshot, so that rows that are
 * put back while it runs are still found. A comparison of a table that a lock or a cancellation ended is not done: the next round begins with
 * it, and readiness names a table that remains so, or that is missed again and again within an hour, although others of it succeed.
 */
import { randomInt } from 'node:crypto';
import type { SqlName } from '../../../domain/rowTable/names.ts';
import { sealingOf } from '../../../platform/database/authenticated/rowSealing.ts';
import { readSums } from '../../../platform/database/authenticated/sealStore.ts';
import type { TableDigests } from '../../../platform/database/authenticated/seals.ts';
import { RandomMoments } from '../../../platform/jobs/randomMoments.ts';
import type { Database } from '../../../platform/database/database.ts';
import { failureOf, isConnectionLoss, isMissingTable } from '../../../platform/database/failure.ts';
import { inSavepoint, type Transaction } from '../../../platform/database/transaction.ts';
import { movedOnce, pointerNames } from '../../rows/store/currentBatches.ts';
import { digestedTables, inShortSnapshot } from '../../rows/store/digestedTables.ts';
import { digestName, isOfBatch } from '../../rows/store/openDigest.ts';
import { faultOfTable, PartitionDropped, type DigestFault } from '../../rows/store/rowDigests.ts';

/** maximum ms from one comparison to the next */
const maxWaitMs = 60_000;
/** ms of work of one, and of one statement: a table that takes longer is left to the job */
const maxWorkMs = 1_000;
/** ms of work on tables that former rounds did not compare, in addition */
const maxAgainMs = 3_000;
/** ms since the first round that did not compare a table, after which readiness names it */
const reportAfterMs = 3 * 60_000;

/** ms for which misses are remembered, also where a later round compared the table */
const rememberedMs = 3_600_000;
/** ms of a comparison after which a slow one of the same table is remembered: it did not grow that much by itself */
const fastMs = 200;

/** What ended a comparison. `slow`: the time limit; `dropped`: a period that was destroyed while it ran; `refused`: it got no connection. */
type Cause = 'locked' | 'cancelled' | 'disconnected' | 'slow' | 'failed' | 'dropped' | 'refused';

/** Causes that are counted together, and the misses after which readiness names a table. The hub itself locks tables and drops periods. */
const counted: readonly { readonly causes: readonly Cause[]; readonly maxMisses: number }[] = [
  { causes: ['cancelled', 'disconnected', 'failed'], maxMisses: 3 },
  { causes: ['slow'], maxMisses: 3 },
  { causes: ['locked'], maxMisses: 10 },
  { causes: ['dropped'], maxMisses: 10 },
  // a database that was away for some minutes
  { causes: ['refused'], maxMisses: 20 },
];

/** Causes for which a table is not named where all rounds miss it: the job compares it. */
const leftToJob: readonly Cause[] = ['slow', 'dropped'];

/** A table that no round has compared since a time. */
interface Missed {
  readonly cause: Cause;
  /** Unix milliseconds */
  readonly since: number;
  readonly rounds: number;
}

/** A table that readiness names. */
interface Hindered extends Omit<Missed, 'rounds'> {
  readonly name: string;
  /** misses since then; absent: no round compared it */
  readonly times?: number;
}

/** The name of the comparisons of sealed rows, which `RowsAtRandom` makes. */
export const sealedTables = 'sealed tables';

/** With the rounds' list of tables, which they read first. */
const listOfTables = 'row_sum';

/** @param ms that it took. The words of a cancelled statement have the language of the server, and do not count. */
function causeOf(error: unknown, ms: number): Cause {
  if (error instanceof PartitionDropped) return 'dropped';
  switch (failureOf(error)) {
    case 'lock_timeout':
      return 'locked';
    case 'deadline':
      return ms >= maxWorkMs ? 'slow' : 'cancelled';
    case 'connection':
      return 'disconnected';
    default:
      return 'failed';
  }
}

export class RandomComparisons {
  private readonly database: Pick<Database, 'owner' | 'now'>;
  /** by name of the table or of its digest */
  private readonly missed = new Map<string, Missed>();
  /** misses of the last hour, by the same names */
  private readonly lately = new Map<string, readonly { readonly cause: Cause; readonly at: number }[]>();
  /** Unix milliseconds of the last fast comparison */
  private readonly fast = new Map<string, number>();
  /** errors that are counted for a table */
  private readonly missedNow = new WeakSet<object>();
  /** tables at the last comparison: their list is not read first, as that would announce the next one */
  private tables: readonly SqlName[] = [];
  /** names of the pointers to current batches at the last comparison */
  private pointers: readonly string[] = [];
  private readonly found = new Map<SqlName, DigestFault>();
  private readonly movedFound = new Set<string>();
  private readonly moments = new RandomMoments(maxWaitMs, () => this.compare());

  constructor(database: Pick<Database, 'owner' | 'now'>) {
    this.database = database;
  }

  /** Begins a comparison when its moment has come. @returns whether there are faults that are not recorded yet */
  poll(): boolean {
    // a database that is away: the next one begins as usual
    this.moments.poll();
    return this.found.size > 0 || this.moved.length > 0;
  }

  /** Compares as many tables as the time permits: those that former rounds missed, then the others in a random order. */
  async compare(): Promise<void> {
    const { owner } = this.database;
    const digests = sealingOf(owner)?.digests;
    if (digests === undefined) return;
    const begun = performance.now();
    let isOpen = false;
    try {
      if (this.tables.length === 0) this.tables = await digestedTables(owner);
      // before the snapshot begins: later commits are newer than the snapshot
      const names = [...this.tables.map(digestName), ...this.pointers];
      const sums = new Map(names.map((name) => [name, digests.known(name)]));
      const known = { ...digests, known: (name: string) => sums.get(name) ?? { version: 0 } };
      await inShortSnapshot(owner, maxWorkMs, async (snapshot) => {
        isOpen = true;
        this.tables = await digestedTables(snapshot);
        this.missed.delete(listOfTables);
        await this.comparePointers(snapshot, known);
        await this.compareSums(snapshot, known);
        await this.compareAll(snapshot, known);
      });
    } catch (error) {
      const ms = performance.now() - begun;
      if (!this.missedNow.has(error as object)) this.miss(listOfTables, error, ms, isOpen);
      // the end of a session hides the tables that were to follow
      else this.remember(listOfTables, causeOf(error, ms));
      throw error;
    }
  }

  /** Whether each dataset shows the batch that was published last. */
  private async comparePointers(snapshot: Transaction, digests: TableDigests): Promise<void> {
    const before = new Set(this.pointers);
    this.pointers = await pointerNames(snapshot);
    for (const dataset of await movedOnce(snapshot, digests))
      if (before.has(`current ${dataset}`)) this.movedFound.add(dataset);
  }

  /** The digests of all lasting tables, also of those that no round compares in time: so each process learns of the changes of the others. */
  private async compareSums(snapshot: Transaction, digests: TableDigests): Promise<void> {
    const tables = new Map(this.tables.map((table) => [digestName(table), table]));
    const names = [...tables.keys()].filter((name) => !isOfBatch(name));
    for (const [name, sum] of await readSums(snapshot, digests.key, names, false)) {
      const table = tables.get(name);
      if (digests.isNewest(name, sum, digests.known(name))) digests.seen(name, sum);
      else if (table !== undefined) this.found.set(table, 'rows_altered');
    }
  }

  private async compareAll(snapshot: Transaction, digests: TableDigests): Promise<void> {
    const names = new Set([listOfTables, sealedTables, ...this.tables.map(digestName)]);
    for (const name of this.missed.keys()) if (!names.has(name)) this.missed.delete(name);
    const causeOfTable = (table: SqlName): Cause | undefined => this.missed.get(digestName(table))?.cause;
    const [again, slow, others] = [
      this.tables.filter((table) => ![undefined, 'slow'].includes(causeOfTable(table))),
      this.tables.filter((table) => causeOfTable(table) === 'slow'),
      this.tables.filter((table) => causeOfTable(table) === undefined),
    ];
    for (const [tables, maxMs] of [
      [shuffled(again), maxAgainMs],
      [[...shuffled(others), ...shuffled(slow)], maxWorkMs],
    ] as const) {
      const begun = performance.now();
      for (const table of tables) {
        await this.compareTable(snapshot, table, digests);
        if (performance.now() - begun > maxMs) break;
      }
    }
  }

  private async compareTable(snapshot: Transaction, table: SqlName, digests: TableDigests): Promise<void> {
    const name = digestName(table);
    const begun = performance.now();
    try {
      const fault = await inSavepoint(snapshot, () => faultOfTable(snapshot, table, digests));
      if (fault !== undefined) this.found.set(table, fault);
      this.missed.delete(name);
      if (performance.now() - begun < fastMs) this.fast.set(name, this.database.now());
    } catch (error) {
      // dropped after the snapshot began
      if (isMissingTable(error)) return;
      this.miss(name, error, performance.now() - begun);
      if (isConnectionLoss(error)) throw error;
    }
  }

  /** Records that a table was not compared. @param isOpen false: the comparison got no connection, as from a database that is away */
  miss(name: string, error: unknown, ms: number, isOpen = true): void {
    const cause = isOpen ? causeOf(error, ms) : 'refused';
    this.remember(name, cause);
    const { since = this.database.now(), rounds = 0 } = this.missed.get(name) ?? {};
    this.missed.set(name, { cause, since, rounds: rounds + 1 });
    if (typeof error === 'object' && error !== null) this.missedNow.add(error);
  }

  /** Records that a comparison was done. */
  reached(name: string): void {
    this.missed.delete(name);
  }

  private remember(name: string, cause: Cause): void {
    const at = this.database.now();
    // a table that always takes too long
    if (cause === 'slow' && at - (this.fast.get(name) ?? 0) > rememberedMs) return;
    for (const [one, misses] of this.lately) {
      const left = misses.filter((miss) => at - miss.at <= rememberedMs);
      if (left.length > 0) this.lately.set(one, left);
      else this.lately.delete(one);
    }
    this.lately.set(name, [...(this.lately.get(name) ?? []), { cause, at }]);
  }

  /**
   * Tables that several rounds did not compare, for minutes, and those that were missed too often within the hour. Those that always take
   * too long are left to the job.
   */
  hindered(now: number): readonly Hindered[] {
    const throughout = [...this.missed].flatMap(([name, { cause, since, rounds }]) =>
      !leftToJob.includes(cause) && rounds > 1 && now - since >= reportAfterMs
        ? [{ name, cause, since }]
        : [],
    );
    const names = new Set(throughout.map(({ name }) => name));
    const again = [...this.lately].flatMap(([name, all]) => {
      if (names.has(name)) return [];
      const misses = all.filter(({ at }) => now - at <= rememberedMs);
      for (const { causes, maxMisses } of counted) {
        const some = misses.filter(({ cause }) => causes.includes(cause));
        const [first, last] = [some[0], some.at(-1)];
        if (first !== undefined && last !== undefined && some.length >= maxMisses)
          return [{ name, cause: last.cause, since: first.at, times: some.length }];
      }
      return [];
    });
    return [...throughout, ...again];
  }

  /** Faults that are not recorded yet. */
  get faults(): ReadonlyMap<SqlName, DigestFault> {
    return new Map(this.found);
  }

  /** Datasets whose readers saw another batch than the one published last, and that are not recorded yet, also where they do not now. */
  get moved(): readonly string[] {
    return [...new Set([...this.movedFound, ...(this.replacedPointers ?? [])])];
  }

  private get replacedPointers(): Set<string> | undefined {
    return sealingOf(this.database.owner)?.replacedPointers;
  }

  markRecorded(faults: ReadonlyMap<SqlName, DigestFault>, moved: readonly string[] = []): void {
    for (const table of faults.keys()) this.found.delete(table);
    for (const dataset of moved) {
      this.movedFound.delete(dataset);
      this.replacedPointers?.delete(dataset);
    }
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

const ofDatabases = new WeakMap<object, RandomComparisons>();

/** Those of this process, for the job and for readiness. */
export function randomComparisons(database: Pick<Database, 'owner' | 'now'>): RandomComparisons {
  const comparisons = ofDatabases.get(database.owner) ?? new RandomComparisons(database);
  ofDatabases.set(database.owner, comparisons);
  return comparisons;
}

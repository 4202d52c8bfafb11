/**
 * Comparisons of sealed rows with their seals at moments that only this process knows. A database administrator sees when the job begins, and
 * can put rows back before it reads them. Nothing announces these comparisons, and each reads one snapshot.
 */
import { randomInt } from 'node:crypto';
import type { RowFinding } from '../../../platform/database/authenticated/compareRows.ts';
import { randomComparisons, sealedTables } from '../../../flows/intake/jobs/randomComparisons.ts';
import { sealingOf, type RowSealing } from '../../../platform/database/authenticated/rowSealing.ts';
import { sealedNames } from '../../../platform/database/authenticated/rules.ts';
import { isRecordNewest, recordName } from '../../../platform/database/authenticated/serverCatalogue.ts';
import type { Database } from '../../../platform/database/database.ts';
import { inSnapshot } from '../../../platform/database/transaction.ts';
import { RandomMoments } from '../../../platform/jobs/randomMoments.ts';

/** maximum ms from one comparison to the next */
const maxWaitMs = 60_000;
/** ms of work of one, and rows of a table: of a larger one only the sum is compared, the rounds leave its rows to the job */
const limits = { ms: 1_000, rows: 20_000 };

interface Reports {
  /** called with the error of a comparison that was not done. @param ms that it took @param isOpen whether it had begun to read */
  readonly onMiss: (error: unknown, ms: number, isOpen: boolean) => void;
  readonly onReached: () => void;
}

export class RowsAtRandom {
  private readonly owner: Database['owner'];
  private readonly moments = new RandomMoments(maxWaitMs, () => this.compare());
  /** by table and key */
  private readonly found = new Map<string, RowFinding>();
  private readonly reports: Reports | undefined;

  constructor(owner: Database['owner'], reports?: Reports) {
    this.owner = owner;
    this.reports = reports;
  }

  /** Begins a comparison when its moment has come. A database that is away: the next one begins as usual. */
  poll(): void {
    this.moments.poll();
  }

  /** Compares as many tables as the time permits, in a random order. What it finds is recorded also where the rows are as before by then. */
  async compare(): Promise<void> {
    const sealing = sealingOf(this.owner);
    if (sealing === undefined) return;
    const begun = performance.now();
    let isOpen = false;
    try {
      await this.compareTables(sealing, () => (isOpen = true));
      this.reports?.onReached();
    } catch (error) {
      this.reports?.onMiss(error, performance.now() - begun, isOpen);
      throw error;
    }
  }

  private async compareTables(sealing: RowSealing, onOpen: () => void): Promise<void> {
    const find = (one: RowFinding): void => {
      this.found.set(`${one.table} ${one.row ?? ''}`, one);
      sealing.suspect();
    };
    const { digests } = sealing;
    // before the snapshot begins: later commits are newer than the snapshot
    const known = digests?.known(recordName);
    const order = sealedNames
      .map((name) => ({ name, place: randomInt(2 ** 32) }))
      .sort((one, other) => one.place - other.place);
    const names = order.map(({ name }) => name);
    const begun = performance.now();
    const isLeft = (rows: number): boolean => rows <= limits.rows && performance.now() - begun < limits.ms;
    const found = await inSnapshot(this.owner, async (snapshot) => {
      onOpen();
      const ofTables = await sealing.verify(snapshot, names, isLeft, find);
      if (digests !== undefined && known !== undefined && !(await isRecordNewest(snapshot, digests, known)))
        sealing.suspect();
      return ofTables;
    });
    for (const one of found) find(one);
  }

  /** What is not recorded yet. */
  get findings(): readonly RowFinding[] {
    return [...this.found.values()];
  }

  markRecorded(findings: readonly RowFinding[]): void {
    for (const one of findings) this.found.delete(`${one.table} ${one.row ?? ''}`);
  }
}

const ofDatabases = new WeakMap<object, RowsAtRandom>();

/** Those of this process. Readiness names comparisons that were missed again and again with those of rows of datasets. */
export function rowsAtRandom(database: Pick<Database, 'owner' | 'now'>): RowsAtRandom {
  const { owner } = database;
  const known = ofDatabases.get(owner);
  if (known !== undefined) return known;
  const comparisons = new RowsAtRandom(owner, {
    onMiss: (error, ms, isOpen) => randomComparisons(database).miss(sealedTables, error, ms, isOpen),
    onReached: () => randomComparisons(database).reached(sealedTables),
  });
  ofDatabases.set(owner, comparisons);
  return comparisons;
}

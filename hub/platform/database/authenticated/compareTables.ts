/** Compares sealed tables with their seals and sums, as of one moment. */
import type { KeyObject } from 'node:crypto';
import type { Reader } from '../reader.ts';
import { compareRows, compareSum, type RowFinding } from './compareRows.ts';
import type { SealedName } from './rules.ts';
import { readSums, type SelectedRow } from './sealStore.ts';
import type { TableSum } from './seals.ts';
import type { SumVersions } from './sumVersions.ts';

interface Comparison {
  readonly key: KeyObject;
  readonly versions: SumVersions;
  /** for the number of rows of a table */
  readonly isCompared: (rows: number) => boolean;
  /** called with each finding about a sum, before any rows are read */
  readonly onFound: (finding: RowFinding) => void;
  /** called with each row and each seal */
  readonly onRow: ((row: SelectedRow) => void) | undefined;
  /** sums that the open transaction of the reader has written, by name */
  readonly written: ReadonlyMap<string, TableSum> | undefined;
}

/** @param reader in a transaction of one snapshot */
export async function compareTables(
  reader: Reader,
  names: readonly SealedName[],
  { key, versions, isCompared, onFound, onRow, written }: Comparison,
): Promise<RowFinding[]> {
  // before the snapshot begins: later commits are newer than the snapshot
  const known = new Map(names.map((name) => [name, versions.known(name)]));
  const sums = await readSums(reader, key, names, false);
  const isNewestOf =
    (name: SealedName) =>
    (sum: TableSum): boolean =>
      versions.isNewest(name, sum, known.get(name));
  // first: an administrator can cancel the statements that read rows
  for (const name of names)
    for (const finding of compareSum(name, sums.get(name), isNewestOf(name))) onFound(finding);
  const found: RowFinding[] = [];
  for (const name of names) {
    const stored = sums.get(name);
    const ofTable = isCompared(stored?.count ?? 0)
      ? await compareRows(reader, key, name, stored, isNewestOf(name), onRow)
      : // each process learns of the changes of the others
        compareSum(name, stored, isNewestOf(name));
    found.push(...ofTable);
    // one that this transaction has written counts from its commit on
    const isOwn = written?.has(name) === true;
    if (stored !== undefined && ofTable.length === 0 && !isOwn) versions.seen(name, stored);
  }
  return found;
}

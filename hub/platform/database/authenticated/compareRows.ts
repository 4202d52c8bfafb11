/** Compares the rows of a table with their seals, and these with the sum of the table. */
import { createHash, type KeyObject } from 'node:crypto';
import type { Reader } from '../reader.ts';
import type { SealedName } from './rules.ts';
import { allRows, inPortions, type SelectedRow } from './sealStore.ts';
import { added, isSameMac, rowMac, type TableSum } from './seals.ts';

export interface RowFinding {
  readonly code: 'row_altered' | 'row_unsealed' | 'row_missing' | 'rows_rolled_back';
  readonly table: SealedName;
  /** the key of the row as it is shown; absent: the finding concerns the whole table */
  readonly row?: string;
  /** the key itself, which may identify a person: never stored or logged with the finding */
  readonly key?: string;
}

/** maximum of findings of one table that are named */
export const maxFindings = 100;

/**
 * @param stored the stored sum of the table; undefined if it is missing or has no valid MAC
 * @param isNewest whether a sum is no former one, as far as is known outside the database
 * @param onRow called with each row and each seal
 */
export async function compareRows(
  reader: Reader,
  key: KeyObject,
  name: SealedName,
  stored: TableSum | undefined,
  isNewest: (sum: TableSum) => boolean,
  onRow: (row: SelectedRow) => void = () => undefined,
): Promise<RowFinding[]> {
  const found: RowFinding[] = [];
  let [count, sum] = [0, 0n];
  for await (const rows of inPortions<SelectedRow>(reader, allRows(name))) {
    for (const row of rows) {
      onRow(row);
      if (row.mac !== null) [count, sum] = [count + 1, added(sum, row.mac)];
      const code = faultOf(key, name, row);
      if (code !== undefined && found.length < maxFindings)
        found.push({ code, table: name, row: shownKey(name, row.key), key: row.key });
    }
  }
  const holds = stored?.count === count && stored.sum === sum && isNewest(stored);
  if (!holds) found.push({ code: 'rows_rolled_back', table: name });
  return found;
}

/** The sum of a table alone, without its rows. One that is missing or has no valid MAC is left to `compareRows`. */
export const compareSum = (
  table: SealedName,
  stored: TableSum | undefined,
  isNewest: (sum: TableSum) => boolean,
): RowFinding[] => (stored === undefined || isNewest(stored) ? [] : [{ code: 'rows_rolled_back', table }]);

/** What is wrong with a row; undefined: nothing. */
export function faultOf(
  key: KeyObject,
  name: SealedName,
  { content, mac, ...row }: SelectedRow,
): RowFinding['code'] | undefined {
  if (content === null) return 'row_missing';
  if (mac === null) return 'row_unsealed';
  return isSameMac(mac, rowMac(key, name, { ...row, content })) ? undefined : 'row_altered';
}

/** maximum characters of a key that a finding shows: the table of findings has an index with it, whose entries are limited */
const maxShownKey = 200;

/**
 * The name of a row in a finding. Keys that identify a person, or are secrets, are shown as a digest, and so are long ones: the hub makes none,
 * but a database administrator can insert a row with one.
 */
export const shownKey = (name: SealedName, key: string): string =>
  name === 'consent_standing' ||
  name === 'enrolment_code' ||
  name === 'case_notice' ||
  key.length > maxShownKey
    ? `sha256:${createHash('sha256').update(key).digest('hex').slice(0, 16)}`
    : key.replaceAll('\u001f', ' ');

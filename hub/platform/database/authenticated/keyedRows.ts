import { Problem } from '../../../../terms/problem.ts';
import type { Reader } from '../reader.ts';
import { faultOf } from './compareRows.ts';
import { sealingOf } from './rowSealing.ts';
import { ruleOf, type SealedName } from './rules.ts';
import { readRows, type SelectedRow } from './sealStore.ts';
import type { Content } from './seals.ts';

/** The values of a row by column, as PostgreSQL writes them in JSON; without columns that have no seal. */
export type SealedValues = Readonly<Record<string, string | null>>;

/** @param content of a row of the table */
export const valuesIn = (name: SealedName, content: Content): SealedValues =>
  Object.fromEntries(ruleOf(name).sealed.map((column, at) => [column, content[at] ?? null] as const));

/**
 * A row by its key: `altered` where it has no valid seal, and where its seal has no row. So a row that an administrator wrote, and one that
 * they deleted, both differ from one that never was.
 */
export type KeyedRow =
  | { readonly state: 'absent' }
  | { readonly state: 'altered' }
  | { readonly state: 'valid'; readonly values: SealedValues };

/**
 * Rows of a sealed table by key, for decisions that depend on whether there is one.
 * @param keys the parts of each key, as PostgreSQL writes them in JSON
 * @returns one for each key, in the same order
 */
export async function keyedRows(
  reader: Reader,
  name: SealedName,
  keys: readonly (readonly string[])[],
): Promise<readonly KeyedRow[]> {
  const joined = keys.map((parts) => parts.join('\u001f'));
  if (joined.length === 0) return [];
  const rows = await readRows(reader, name, [...new Set(joined)]);
  const byKey = new Map(rows.map((row) => [row.key, row]));
  return joined.map((key) => stateOf(reader, name, byKey.get(key)));
}

/** The values of a row by column; undefined: there is none. @throws Problem rows_unauthenticated where the hub cannot know */
export async function unalteredRow(
  reader: Reader,
  name: SealedName,
  key: readonly string[],
): Promise<SealedValues | undefined> {
  const [row] = await keyedRows(reader, name, [key]);
  return unaltered(row, name);
}

/** The same of a row that was read by `keyedRows`. @throws Problem rows_unauthenticated */
export function unaltered(row: KeyedRow | undefined, name: SealedName): SealedValues | undefined {
  if (row?.state === 'altered') throw new Problem('rows_unauthenticated', { table: name });
  return row?.state === 'valid' ? row.values : undefined;
}

/**
 * After a statement that ended no row: the row must have ended before. A row that an administrator alters while the statement waits for its
 * lock is passed over, and would be valid again once it is put back.
 * @param column set where the row has ended
 * @throws Problem rows_unauthenticated
 */
export async function refuseUnended(
  reader: Reader,
  name: SealedName,
  key: readonly string[],
  column: string,
): Promise<void> {
  const row = await unalteredRow(reader, name, key);
  if (typeof row?.[column] !== 'string') throw new Problem('rows_unauthenticated', { table: name });
}

/** Whether there is a row with one of the keys. @throws Problem rows_unauthenticated where the hub cannot know */
export async function hasKeyedRow(
  reader: Reader,
  name: SealedName,
  keys: readonly (readonly string[])[],
): Promise<boolean> {
  const rows = await keyedRows(reader, name, keys);
  return rows.map((row) => unaltered(row, name)).some((values) => values !== undefined);
}

function stateOf(reader: Reader, name: SealedName, row: SelectedRow | undefined): KeyedRow {
  if (row === undefined || (row.content === null && row.mac === null)) return { state: 'absent' };
  const sealing = sealingOf(reader);
  const key = sealing?.digests?.key;
  if (key !== undefined && faultOf(key, name, row) !== undefined) {
    sealing?.suspect();
    return { state: 'altered' };
  }
  const { content } = row;
  return content === null ? { state: 'absent' } : { state: 'valid', values: valuesIn(name, content) };
}

/**
 * Digests of the lasting tables of upsert datasets, updated with each change: a keyed set hash (`SetHash`), so a change costs as much as
 * the changed rows. Stored in `row_sum` in the transaction that changes the rows. `rowDigests.ts` describes the purpose of digests, and
 * compares them.
 */
import { Problem } from '../../../../terms/problem.ts';
import type { SqlName } from '../../../domain/rowTable/names.ts';
import { sealingOf } from '../../../platform/database/authenticated/rowSealing.ts';
import {
  storedSum,
  sumColumns,
  writeSum,
  type SumRow,
} from '../../../platform/database/authenticated/sealStore.ts';
import type { Summed, TableDigests, TableSum } from '../../../platform/database/authenticated/seals.ts';
import { SetHash } from '../../../platform/database/authenticated/setHash.ts';
import { copiedRows } from '../../../platform/database/binaryRows.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { isUserTrigger } from '../../../platform/database/triggers.ts';
import { lengthBytes } from '../../../domain/rowTable/copyTuples.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';

/** Marker in `row_sum`: the digests of all tables were created once, when a release with digests began. */
export const allDigested = 'rows';
/** The name of a digest in `row_sum`: `rows.b_…`, `rows.u_…`. */
export const digestName = (table: SqlName): string => table.replaceAll('"', '');

export interface DescribedRow extends SumRow {
  readonly columns: string[];
  readonly foreign: boolean;
}

export const columnsOf = (table: string): string =>
  `ARRAY(SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = to_regclass(${table}) AND attnum > 0
          AND NOT attisdropped ORDER BY attnum)::text[]`;
/** A foreign trigger or rule could change rows in a transaction of the hub. The hub makes none in this schema. */
const hasForeign = (table: string): string =>
  `(EXISTS (SELECT FROM pg_trigger WHERE ${isUserTrigger('pg_trigger')} AND tgrelid IN (SELECT to_regclass(${table})
             UNION ALL SELECT inhrelid FROM pg_inherits WHERE inhparent = to_regclass(${table})))
    OR EXISTS (SELECT FROM pg_rewrite WHERE ev_class = to_regclass(${table})))`;

/** @returns undefined where there is none, or none with a valid MAC */
export const sumOf = (
  { key }: TableDigests,
  name: string,
  row: { readonly [column in keyof SumRow]: SumRow[column] | null } | undefined,
): TableSum | undefined =>
  // a table without a row in `row_sum`
  row?.sum === undefined || row.sum === null ? undefined : storedSum(key, name, row as SumRow);

export const refused = (table: string): Problem => new Problem('rows_unauthenticated', { table });

/** Runs statements, also named ones. */
type Queries = Pick<Transaction, 'query'>;

/** Bytes of the first buffer of a row. */
const usualBytes = 4096;

/**
 * Makes the bytes of a row that are hashed: its columns by their names, each in the binary form of PostgreSQL, without NULLs and `_row`.
 * Adding a column therefore does not change them.
 * @param columns quoted names, in the order of the values
 * @returns a function whose result is valid until its next call
 */
export function rowBytes(columns: readonly string[]): (values: readonly (Uint8Array | null)[]) => Uint8Array {
  const ordered = columns
    .map((column, at) => ({ name: column.replaceAll('"', ''), at }))
    .filter(({ name }) => name !== '_row')
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ name, at }) => ({ head: Buffer.from(`${name}=`), at }));
  let bytes = Buffer.allocUnsafe(usualBytes);
  return (values) => {
    let used = 0;
    for (const { head, at } of ordered) {
      const value = values[at] ?? null;
      if (value === null) continue;
      const start = used + head.length + lengthBytes;
      const end = start + value.length;
      if (end > bytes.length)
        bytes = Buffer.concat([bytes.subarray(0, used)], Math.max(end, 2 * bytes.length));
      bytes.set(head, used);
      bytes.writeInt32BE(value.length, used + head.length);
      bytes.set(value, start);
      used = end;
    }
    return bytes.subarray(0, used);
  };
}

/**
 * Values of a row that SQL returned as `record_send(row)`: number of columns, then type, length and bytes of each, in the order of their
 * creation.
 */
export function sentValues(record: Buffer): (Buffer | null)[] {
  const values: (Buffer | null)[] = [];
  for (let at = lengthBytes; at < record.length;) {
    const length = record.readInt32BE(at + lengthBytes);
    at += 2 * lengthBytes;
    values.push(length < 0 ? null : record.subarray(at, at + length));
    at += Math.max(0, length);
  }
  return values;
}

/* The lasting table of a dataset. */

/** A digest that may be changed until the transaction ends; other transactions wait for it. */
export class OpenDigest {
  private readonly set: SetHash;
  private readonly digests: TableDigests;
  private readonly name: string;
  private readonly before: TableSum;
  private readonly bytesOf: (values: readonly (Uint8Array | null)[]) => Uint8Array;
  readonly columns: readonly string[];

  constructor(digests: TableDigests, name: string, before: TableSum, columns: readonly string[]) {
    this.digests = digests;
    this.name = name;
    this.before = before;
    this.columns = columns;
    this.bytesOf = rowBytes(columns);
    this.set = new SetHash(digests.key, name);
  }

  /** The columns of a row of the table, for `add` and `remove`. @param as alias of the table */
  listed(as: string): string {
    return this.columns.map((column) => `${as}.${column}`).join(', ');
  }

  /** @param values in the order of `columns`, in binary form */
  add(values: readonly (Uint8Array | null)[]): void {
    this.set.add(this.bytesOf(values));
  }

  remove(values: readonly (Uint8Array | null)[]): void {
    this.set.remove(this.bytesOf(values));
  }

  /** @param bytes of a row, as `rowBytes` makes them */
  addBytes(bytes: Uint8Array): void {
    this.set.add(bytes);
  }

  /** @param rows a set hash of this table's name */
  removeAll(rows: SetHash): void {
    this.set.subtract(rows);
  }

  async write(transaction: Reader): Promise<void> {
    const { count, sum } = this.before;
    await this.put(transaction, { count: count + this.set.count, sum: this.set.sumWith(sum) });
  }

  /** Writes the digest of an emptied table. */
  async writeEmpty(transaction: Reader): Promise<void> {
    await this.put(transaction, { count: 0, sum: 0n });
  }

  private async put(transaction: Reader, now: Summed): Promise<void> {
    const next = this.digests.next(this.name, this.before, now);
    await writeSum(transaction, this.digests.key, this.name, next);
    this.digests.written(transaction, this.name, next);
  }
}

/**
 * Locks the digest of a lasting table.
 * @returns undefined: no digest exists yet
 * @throws Problem rows_unauthenticated where the digest was changed outside the hub, or a foreign trigger would change rows
 */
export async function openDigest(transaction: Queries, table: SqlName): Promise<OpenDigest | undefined> {
  const digests = sealingOf(transaction)?.digests;
  if (digests === undefined) return undefined;
  const name = digestName(table);
  const { rows } = await transaction.query<DescribedRow>({
    // each call of rows asks it: the plan is made once for a connection
    name: 'open_digest',
    text: `SELECT ${sumColumns}, ${columnsOf('$2')} AS columns, ${hasForeign('$2')} AS foreign
       FROM row_sum AS s WHERE table_name = $1 FOR UPDATE`,
    values: [name, table],
  });
  const [row] = rows;
  const known = digests.known(name).version;
  // a database of an earlier release: all its tables get their digests together
  if (row === undefined && known === 0 && digests.known(allDigested).version === 0) return undefined;
  const sum = sumOf(digests, name, row);
  if (row === undefined || sum === undefined || row.foreign || !digests.isNewest(name, sum))
    throw refused(name);
  return new OpenDigest(digests, name, sum, row.columns);
}

/** Runs in the transaction that creates a lasting table. */
export async function beginDigest(transaction: Reader, table: SqlName): Promise<void> {
  const digests = sealingOf(transaction)?.digests;
  if (digests === undefined) return;
  const name = digestName(table);
  // a dataset that returns to a schema version: no earlier digest may be accepted for the new table, and the process may not know them
  const first = digests.nextForAll(name, undefined, { count: 0, sum: 0n });
  await writeSum(transaction, digests.key, name, first);
  digests.written(transaction, name, first);
}

/** In place of the sum of a table that was dropped, or of one that readers need, where two persons have accepted that there is none. */
export const noTable = 2n ** 256n - 1n;

/** Runs in the transaction that drops a table. A digest that is put back with its table is older than this end. */
export async function endDigest(transaction: Reader, table: SqlName): Promise<void> {
  const name = digestName(table);
  const { rows } = await transaction.query<SumRow>(
    `DELETE FROM row_sum AS s WHERE s.table_name = $1 RETURNING ${sumColumns}`,
    [name],
  );
  const digests = sealingOf(transaction)?.digests;
  const last = digests === undefined ? undefined : sumOf(digests, name, rows[0]);
  if (digests === undefined || last === undefined || isOfBatch(name)) return;
  digests.written(transaction, name, digests.next(name, last, { count: 0, sum: noTable }));
}

/** Whether a digest is one of a batch: its rows never change, so it has no version. */
export const isOfBatch = (name: string): boolean => name.startsWith('rows.b_');

/** Removes the rows of a statement from an open digest. @param statement returns the columns of `listed` @returns their number */
export async function removeCopied(
  transaction: Transaction,
  open: OpenDigest,
  statement: string,
): Promise<number> {
  let removed = 0;
  await copiedRows(transaction, statement, (values) => {
    open.remove(values);
    removed += 1;
  });
  return removed;
}

/** The set hash of the rows of a table or of one of its partitions; it is unlocked. @returns undefined where digests are off */
export async function hashOfRows(
  transaction: Transaction,
  table: SqlName,
  part: SqlName,
): Promise<SetHash | undefined> {
  const digests = sealingOf(transaction)?.digests;
  if (digests === undefined) return undefined;
  const { rows } = await transaction.query<{ columns: string[] }>(`SELECT ${columnsOf('$1')} AS columns`, [
    table,
  ]);
  const columns = rows[0]?.columns ?? [];
  const bytesOf = rowBytes(columns);
  const set = new SetHash(digests.key, digestName(table));
  await copiedRows(transaction, `SELECT ${columns.join(', ')} FROM ${part}`, (values) =>
    set.add(bytesOf(values)),
  );
  return set;
}

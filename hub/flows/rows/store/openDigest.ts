/**
 * Digests of the lasting tables of upsert datasets, updated with each change: a keyed set hash (`SetHash`), so a change costs as much as
 * the changed rows. Stored in `row_sum` in the transaction that changes the rows. `rowDigests.ts` describes the purpose of digests, and
 * compares them.
 */
import { Problem } from '../../../../terms/problem.ts';
import type { SqlName } from '../../../domain/rowTable/names.ts';
import { sealingOf } from '../../../platform/database/authenticated/rowSealing.ts';
import { writeSum } from '../../../platform/database/authenticated/sealStore.ts';
import {
  isSameMac,
  numberOf,
  sumMac,
  type TableDigests,
  type TableSum,
} from '../../../platform/database/authenticated/seals.ts';
import { SetHash } from '../../../platform/database/authenticated/setHash.ts';
import { copiedRows } from '../../../platform/database/binaryRows.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';

/** Marker in `row_sum`: the digests of all tables were created once, when a release with digests began. */
export const allDigested = 'rows';
/** The name of a digest in `row_sum`: `rows.b_…`, `rows.u_…`. */
export const digestName = (table: SqlName): string => table.replaceAll('"', '');

export interface SumRow {
  readonly version: string;
  readonly count: string;
  readonly sum: Buffer;
  readonly mac: Buffer;
}

export interface DescribedRow extends SumRow {
  readonly columns: string[];
  readonly foreign: boolean;
}

export const columnsOf = (table: string): string =>
  `ARRAY(SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = to_regclass(${table}) AND attnum > 0
          AND NOT attisdropped ORDER BY attnum)::text[]`;
/** A foreign trigger or rule could change rows in a transaction of the hub. The hub makes none in this schema. */
const hasForeign = (table: string): string =>
  `(EXISTS (SELECT FROM pg_trigger WHERE NOT tgisinternal AND tgrelid IN (SELECT to_regclass(${table})
             UNION ALL SELECT inhrelid FROM pg_inherits WHERE inhparent = to_regclass(${table})))
    OR EXISTS (SELECT FROM pg_rewrite WHERE ev_class = to_regclass(${table})))`;

/** @returns undefined where there is none, or none with a valid MAC */
export const sumOf = (
  { key }: TableDigests,
  name: string,
  row: { readonly [column in keyof SumRow]: SumRow[column] | null } | undefined,
): TableSum | undefined => {
  if (row?.sum === undefined || row.sum === null) return undefined;
  const sum = { version: Number(row.version), count: Number(row.count), sum: numberOf(row.sum) };
  return isSameMac(row.mac, sumMac(key, name, sum)) ? sum : undefined;
};

export const refused = (table: string): Problem => new Problem('rows_unauthenticated', { table });

/**
 * The text of a row that is hashed: columns by their names, without NULLs, so adding a column does not change it. @param as alias of the
 * table
 */
export function rowText(columns: readonly string[], as: string): string {
  const parts = columns
    .filter((column) => column !== '_row')
    .toSorted()
    .map((column) => {
      const value = column === '_subject' ? `encode(${as}._subject, 'hex')` : `${as}.${column}::text`;
      const name = `'${column.replaceAll("'", "''")}='`;
      return `${name} || octet_length(${value}) || ':' || ${value} || ','`;
    });
  // a function takes at most 100 arguments
  const groups: string[] = [];
  for (let at = 0; at < parts.length; at += 50) groups.push(`concat(${parts.slice(at, at + 50).join(', ')})`);
  return groups.join(' || ');
}

/* The lasting table of a dataset. */

/** A digest that may be changed until the transaction ends; other transactions wait for it. */
export class OpenDigest {
  private readonly set: SetHash;
  private readonly digests: TableDigests;
  private readonly name: string;
  private readonly before: TableSum;
  readonly columns: readonly string[];

  constructor(digests: TableDigests, name: string, before: TableSum, columns: readonly string[]) {
    this.digests = digests;
    this.name = name;
    this.before = before;
    this.columns = columns;
    this.set = new SetHash(digests.key, name);
  }

  text(as: string): string {
    return rowText(this.columns, as);
  }

  add(text: Uint8Array | string): void {
    this.set.add(text);
  }

  remove(text: Uint8Array | string): void {
    this.set.remove(text);
  }

  async write(transaction: Reader): Promise<void> {
    const { version, count, sum } = this.before;
    await this.put(transaction, version, { count: count + this.set.count, sum: this.set.sumWith(sum) });
  }

  /** Writes the digest of an emptied table. */
  async writeEmpty(transaction: Reader): Promise<void> {
    await this.put(transaction, this.before.version, { count: 0, sum: 0n });
  }

  private async put(transaction: Reader, version: number, now: Omit<TableSum, 'version'>): Promise<void> {
    await writeSum(transaction, this.digests.key, this.name, { ...now, version: version + 1 });
    this.digests.written(transaction, this.name, version + 1);
  }
}

/**
 * Locks the digest of a lasting table.
 * @returns undefined: no digest exists yet
 * @throws Problem rows_unauthenticated where the digest was changed outside the hub, or a foreign trigger would change rows
 */
export async function openDigest(transaction: Reader, table: SqlName): Promise<OpenDigest | undefined> {
  const digests = sealingOf(transaction)?.digests;
  if (digests === undefined) return undefined;
  const name = digestName(table);
  const { rows } = await transaction.query<DescribedRow>(
    `SELECT version, count, sum, mac, ${columnsOf('$2')} AS columns, ${hasForeign('$2')} AS foreign
       FROM row_sum WHERE table_name = $1 FOR UPDATE`,
    [name, table],
  );
  const [row] = rows;
  const known = digests.knownVersion(name);
  // a database of an earlier release: all its tables get their digests together
  if (row === undefined && known === 0 && digests.knownVersion(allDigested) === 0) return undefined;
  const sum = sumOf(digests, name, row);
  if (row === undefined || sum === undefined || row.foreign || sum.version < known) throw refused(name);
  return new OpenDigest(digests, name, sum, row.columns);
}

/** Runs in the transaction that creates a lasting table. */
export async function beginDigest(transaction: Reader, table: SqlName): Promise<void> {
  const digests = sealingOf(transaction)?.digests;
  if (digests === undefined) return;
  const name = digestName(table);
  // a dataset that returns to a schema version: no earlier digest may be accepted for the new table
  const version = digests.knownVersion(name) + 1;
  await writeSum(transaction, digests.key, name, { version, count: 0, sum: 0n });
  digests.written(transaction, name, version);
}

/** Runs in the transaction that drops a table. */
export async function endDigest(transaction: Reader, table: SqlName): Promise<void> {
  await transaction.query('DELETE FROM row_sum WHERE table_name = $1', [digestName(table)]);
}

/** Removes the rows of a statement from an open digest. @param statement returns one column `text` per row */
export function removeCopied(transaction: Transaction, open: OpenDigest, statement: string): Promise<void> {
  return copiedRows(transaction, statement, ([text]) => open.remove(text ?? ''));
}

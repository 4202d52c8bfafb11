/** Rules, orders and destructions of the log's entries. These rows are valid only as far as entries of the log record them. */
import { sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import type { Reader } from '../../platform/database/reader.ts';

export interface RetentionRuleRow {
  /** class, or class@dataset */
  readonly id: string;
  readonly class: string;
  readonly dataset: string | null;
  /** null: unlimited */
  readonly years: number | null;
  readonly reason: string;
  readonly digest: string;
  /** ids of persons */
  readonly author: string;
  readonly approver: string;
  /** the entry that records it */
  readonly exchange: string;
}

/** Every rule, by its id. */
export const listRules = (reader: Reader): Promise<RetentionRuleRow[]> =>
  sealedRows<RetentionRuleRow>(
    reader,
    'retention_rule',
    'SELECT id, class, dataset, years, reason, digest, author, approver, exchange FROM retention_rule ORDER BY id',
  );

/** Replaces the stored rule with a later one. @param row.approver a person other than the author (table constraint) */
export async function putRule(
  transaction: Reader,
  row: Omit<RetentionRuleRow, 'approver'> & { readonly approver: string | null },
): Promise<void> {
  await transaction.query(
    `INSERT INTO retention_rule (id, class, dataset, years, reason, digest, author, approver, exchange)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (id) DO UPDATE SET years = EXCLUDED.years, reason = EXCLUDED.reason, digest = EXCLUDED.digest,
       author = EXCLUDED.author, approver = EXCLUDED.approver, exchange = EXCLUDED.exchange`,
    [
      ...[row.id, row.class, row.dataset, row.years, row.reason, row.digest],
      ...[row.author, row.approver, row.exchange],
    ],
  );
}

export interface OrderRow {
  /** exchange of the entry that records it */
  readonly id: string;
  /** Unix milliseconds: entries before this */
  readonly before: number;
}

/** The newest orders first, at most 100. */
export async function listOrders(reader: Reader): Promise<OrderRow[]> {
  const { rows } = await reader.query<OrderRow>(
    `SELECT id, (extract(epoch FROM before) * 1000)::double precision AS before FROM destruction_order
      ORDER BY id DESC LIMIT 100`,
  );
  return rows;
}

export async function insertOrder(
  transaction: Reader,
  { id, before, author, approver }: OrderRow & { readonly author: string; readonly approver: string | null },
): Promise<void> {
  await transaction.query(
    'INSERT INTO destruction_order (id, before, author, approver) VALUES ($1, to_timestamp($2 / 1000.0), $3, $4)',
    [id, before, author, approver],
  );
}

export interface DestructionRow {
  readonly id: string;
  /** the entry that records it */
  readonly exchange: string;
  /** index of the unit's first entry */
  readonly first: number;
  /** indexes of the remaining entries, ascending */
  readonly stays: readonly number[];
  readonly order: string;
}

/** Destroyed units with entries among `from … to − 1`, ascending. @param width entries of a unit */
export async function destructionsBetween(
  reader: Reader,
  {
    from,
    to,
    width,
    maxUnits = 100_000,
  }: { readonly from: number; readonly to: number; readonly width: number; readonly maxUnits?: number },
): Promise<DestructionRow[]> {
  const { rows } = await reader.query<
    Omit<DestructionRow, 'first' | 'stays'> & { first: string; stays: string[] }
  >(
    `SELECT id, exchange, first, stays, "order" FROM entry_destruction WHERE first > $1 AND first < $2 ORDER BY first LIMIT $3`,
    [from - width, to, maxUnits],
  );
  return rows.map((row) => ({ ...row, first: Number(row.first), stays: row.stays.map(Number) }));
}

/** The numbers of destroyed units and of their remaining entries. */
export async function countDestructions(
  reader: Reader,
): Promise<{ readonly units: number; readonly stays: number }> {
  const { rows } = await reader.query<{ units: string; stays: string }>(
    'SELECT count(*) AS units, coalesce(sum(cardinality(stays)), 0) AS stays FROM entry_destruction',
  );
  return { units: Number(rows[0]?.units ?? 0), stays: Number(rows[0]?.stays ?? 0) };
}

/**
 * Units after `after` whose newest entry was made before a moment and that were not destroyed, ascending. @param before Unix milliseconds
 */
export async function oldUnits(
  reader: Reader,
  { after, before, maxUnits }: { readonly after: number; readonly before: number; readonly maxUnits: number },
): Promise<number[]> {
  const { rows } = await reader.query<{ chunk: number }>(
    `SELECT p.chunk FROM audit_posted AS p
      WHERE p.chunk > $1 AND p.last_at < to_timestamp($2 / 1000.0)
        AND NOT EXISTS (SELECT 1 FROM entry_destruction AS d WHERE d.first = p.chunk::bigint * 1024)
      ORDER BY p.chunk LIMIT $3`,
    [after, before, maxUnits],
  );
  return rows.map(({ chunk }) => chunk);
}

/** Remainder of a destroyed entry: keyed marks of its exchange and of its parties. */
export interface DestroyedExchangeRow {
  /** 16 bytes */
  readonly mark: Uint8Array;
  readonly index: number;
  /** 8 bytes each */
  readonly parties: Uint8Array;
}

export async function destroyedExchangeRow(
  reader: Reader,
  mark: Uint8Array,
): Promise<DestroyedExchangeRow | undefined> {
  const { rows } = await reader.query<{ idx: string; parties: Buffer }>(
    'SELECT idx, parties FROM destroyed_exchange WHERE mark = $1',
    [Buffer.from(mark)],
  );
  const [row] = rows;
  return row === undefined ? undefined : { mark, index: Number(row.idx), parties: row.parties };
}

/**
 * Records a unit as destroyed and deletes its entries, in the transaction of the entry that records it.
 * @param terms of the search index @param marks of the deleted entries @returns number of deleted entries
 */
export async function destroyUnit(
  transaction: Reader,
  { id, exchange, first, stays, order }: DestructionRow,
  terms: readonly string[],
  marks: readonly DestroyedExchangeRow[],
): Promise<number> {
  await transaction.query(
    `INSERT INTO destroyed_exchange (mark, idx, parties)
     SELECT mark, idx, parties FROM unnest($1::bytea[], $2::bigint[], $3::bytea[]) AS m(mark, idx, parties)
     ON CONFLICT (mark) DO NOTHING`,
    [
      marks.map(({ mark }) => Buffer.from(mark)),
      marks.map(({ index }) => index),
      marks.map(({ parties }) => Buffer.from(parties)),
    ],
  );
  await transaction.query(
    'INSERT INTO entry_destruction (id, exchange, first, stays, "order") VALUES ($1, $2, $3, $4, $5)',
    [id, exchange, first, [...stays], order],
  );
  const { rows } = await transaction.query<{ done: string }>('SELECT destroy_entries($1, $2) AS done', [
    id,
    [...terms],
  ]);
  return Number(rows[0]?.done ?? 0);
}

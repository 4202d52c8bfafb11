/** Attachments that rows name: whether they are there for that field, and that they are in use. */
import { attachmentFields, type AttachmentField } from '../../../../schemas/attachments.ts';
import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';
import { eachTuple } from '../../../domain/rowTable/columnArrays.ts';
import type { DeleteWhere } from '../../../domain/intakeRules.ts';
import { batchTable, layoutOf, type Column } from '../../../domain/rowTable/layout.ts';
import { longStatement } from '../../../platform/database/connection.ts';
import type { Pool } from '../../../platform/database/database.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { withTransaction, type Transaction } from '../../../platform/database/transaction.ts';
import { leftOut, type LeftOut } from '../../rows/store/fetch.ts';

/** A field of a row, and the ids that it names. */
export interface Naming {
  /** `_row` */
  readonly row: number;
  readonly field: string;
  readonly ids: readonly string[];
}

/** What rows name, from their COPY tuples. */
export function namedIn(schema: DatasetSchema, tuples: Uint8Array): readonly Naming[] {
  const layout = layoutOf(schema);
  const places = attachmentFields(schema).map(({ field, isList }) => ({
    field,
    isList,
    place: layout.columns.findIndex((column) => column.field === field),
  }));
  if (places.length === 0) return [];
  const found: Naming[] = [];
  eachTuple(layout, tuples, (values) => {
    const number = values[layout.columns.length];
    const row = number ? Number(Buffer.from(number).readBigInt64BE(0)) : 0;
    for (const { field, isList, place } of places) {
      const value = values[place];
      if (!value) continue;
      const text = Buffer.from(value).toString('utf8');
      found.push({ row, field, ids: isList ? (JSON.parse(text) as string[]) : [text] });
    }
  });
  return found;
}

/** What one row names, from its values. */
export const namedInRow = (
  schema: DatasetSchema,
  row: Readonly<Record<string, unknown>>,
): readonly Naming[] =>
  attachmentFields(schema).flatMap(({ field }): Naming[] => {
    const ids = [row[field]].flat().filter((id) => typeof id === 'string');
    return ids.length === 0 ? [] : [{ row: 0, field, ids }];
  });

/** What a department that is not the provider may name: its own uploads, and what the row names already. */
export interface NamedBy {
  readonly department: string;
  readonly already: readonly Naming[];
}

/**
 * Those of the namings of which some attachment is not ready for this field of this dataset.
 * @param by undefined: the provider, who may name every attachment of its dataset
 */
export async function unready(
  reader: Reader,
  dataset: string,
  named: readonly Naming[],
  by?: NamedBy,
): Promise<readonly Naming[]> {
  const missing: Naming[] = [];
  for (const [field, ofField] of byField(named)) {
    const { rows } = await reader.query<{ id: string; department: string }>(
      "SELECT id, department FROM attachment WHERE id = ANY($1::uuid[]) AND dataset = $2 AND field = $3 AND state = 'ready'",
      [idsOf(ofField), dataset, field],
    );
    const before = new Set(by?.already.filter((one) => one.field === field).flatMap(({ ids }) => ids));
    const own = rows.filter(
      ({ id, department }) => by === undefined || department === by.department || before.has(id),
    );
    const ready = new Set(own.map(({ id }) => id));
    missing.push(...ofField.filter(({ ids }) => !ids.every((id) => ready.has(id))));
  }
  return missing;
}

/** Attachments that a row named within this time are safe from the job that removes unused ones: they are neither locked nor written. */
export const freshMs = 3_600_000;

/**
 * Marks attachments as used now, in the transaction that stores the rows: from then on the job that removes unused ones passes them over.
 * @param now Unix milliseconds @returns false where one of them is not ready for its field
 */
export async function useAttachments(
  transaction: Transaction,
  dataset: string,
  named: readonly Naming[],
  now: number,
): Promise<boolean> {
  for (const [field, ofField] of byField(named)) {
    const { rows } = await transaction.query<{ all: boolean }>(
      usedSql('SELECT DISTINCT unnest($4::uuid[]) AS id', 1),
      [dataset, field, new Date(now), idsOf(ofField)],
    );
    if (rows[0]?.all !== true) return false;
  }
  return true;
}

/**
 * Whether all of these attachments are ready for a field; marks them as used. They are locked in one order, so that two calls that name
 * the same attachments do not wait for each other.
 * @param ids a query of distinct ids @param from number of the parameter with the dataset; field and time follow
 */
const usedSql = (ids: string, from: number): string =>
  `WITH named AS MATERIALIZED (${ids}),
        ready AS MATERIALIZED (
          SELECT a.id, (a.used_at < $${from + 2}::timestamptz - interval '${freshMs} milliseconds' OR a.unnamed_since IS NOT NULL) AS is_old
            FROM attachment AS a JOIN named USING (id)
           WHERE a.dataset = $${from} AND a.field = $${from + 1} AND a.state = 'ready'),
        locked AS MATERIALIZED (
          SELECT a.id FROM attachment AS a JOIN ready USING (id)
           WHERE ready.is_old AND a.state = 'ready' ORDER BY a.id FOR UPDATE OF a),
        used AS (
          UPDATE attachment AS a SET used_at = greatest(a.used_at, $${from + 2}), unnamed_since = NULL, was_named = true FROM locked WHERE a.id = locked.id RETURNING a.id)
   SELECT (SELECT count(*) FROM named)
        = (SELECT count(*) FROM ready WHERE NOT is_old) + (SELECT count(*) FROM used) AS all`;

function byField(named: readonly Naming[]): ReadonlyMap<string, readonly Naming[]> {
  const fields = new Map<string, Naming[]>();
  for (const one of named) fields.set(one.field, [...(fields.get(one.field) ?? []), one]);
  return fields;
}

const idsOf = (named: readonly Naming[]): readonly string[] => [...new Set(named.flatMap(({ ids }) => ids))];

/* The same for the rows of a loaded batch: no value leaves the database. Their number is not limited, so neither is the time. */

/** Ids that rows of a table name, as rows `(_row, id)`. Rows that only delete stored rows name none. */
const namings = ({ isList }: AttachmentField, { name }: Column, table: string, but: LeftOut): string =>
  isList
    ? `SELECT b._row, named.id FROM ${table} AS b, json_array_elements_text(b.${name}) AS named(id) WHERE b.${name} IS NOT NULL${but.condition}`
    : `SELECT b._row, b.${name} AS id FROM ${table} AS b WHERE b.${name} IS NOT NULL${but.condition}`;

function columnsOf(
  schema: DatasetSchema,
): readonly { readonly of: AttachmentField; readonly column: Column }[] {
  const { byField: columns } = layoutOf(schema);
  return attachmentFields(schema).flatMap((of) => {
    const column = columns.get(of.field);
    return column === undefined ? [] : [{ of, column }];
  });
}

/** Rows whose places are returned. */
const reportedPlaces = 10;

export interface UnreadyInBatch {
  readonly field: string;
  readonly rows: number;
  /** `_row` of the first of them */
  readonly places: readonly number[];
}

export interface LoadedBatch {
  readonly dataset: string;
  readonly schema: DatasetSchema;
  readonly batch: string;
  /** rows that only delete stored rows */
  readonly deleteWhere?: DeleteWhere | undefined;
}

/** Fields of a loaded batch in which rows name attachments that are not ready for them. */
export async function unreadyInBatch(pool: Pool, loaded: LoadedBatch): Promise<readonly UnreadyInBatch[]> {
  const { dataset, schema, batch } = loaded;
  const but = leftOut(loaded, schema);
  const from = but.values.length + 1;
  const found: UnreadyInBatch[] = [];
  for (const { of, column } of columnsOf(schema)) {
    const { rows } = await withTransaction(pool, (transaction) =>
      longStatement<{ rows: number; places: string[] }>(
        transaction,
        `WITH missing AS MATERIALIZED (
           SELECT DISTINCT n._row FROM (${namings(of, column, batchTable(batch), but)}) AS n
            WHERE NOT EXISTS (SELECT FROM attachment AS a
                               WHERE a.id = n.id::uuid AND a.dataset = $${from} AND a.field = $${from + 1} AND a.state = 'ready'))
         SELECT count(*)::int AS rows,
                ARRAY(SELECT m._row::text FROM missing AS m ORDER BY m._row LIMIT ${reportedPlaces}) AS places FROM missing`,
        [...but.values, dataset, of.field],
      ),
    );
    const [one] = rows;
    if (one !== undefined && one.rows > 0)
      found.push({ field: of.field, rows: one.rows, places: one.places.map(Number) });
  }
  return found;
}

/** As useAttachments, for all rows of a loaded batch. @param now Unix milliseconds */
export async function useAttachmentsOfBatch(
  transaction: Transaction,
  loaded: LoadedBatch,
  now: number,
): Promise<boolean> {
  const { dataset, schema, batch } = loaded;
  const but = leftOut(loaded, schema);
  for (const { of, column } of columnsOf(schema)) {
    const ids = `SELECT DISTINCT n.id::uuid AS id FROM (${namings(of, column, batchTable(batch), but)}) AS n`;
    const { rows } = await longStatement<{ all: boolean }>(transaction, usedSql(ids, but.values.length + 1), [
      ...but.values,
      dataset,
      of.field,
      new Date(now),
    ]);
    if (rows[0]?.all !== true) return false;
  }
  return true;
}

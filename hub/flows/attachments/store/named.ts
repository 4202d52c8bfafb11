/** Attachments that rows name: whether they are there for that field, and that they are in use. */
import { attachmentFields, type AttachmentField } from '../../../../schemas/attachments.ts';
import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';
import { eachTuple } from '../../../domain/rowTable/columnArrays.ts';
import { batchTable, layoutOf, type Column } from '../../../domain/rowTable/layout.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';

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

/** Those of the namings of which some attachment is not ready for this field of this dataset. */
export async function unready(
  reader: Reader,
  dataset: string,
  named: readonly Naming[],
): Promise<readonly Naming[]> {
  const missing: Naming[] = [];
  for (const [field, ofField] of byField(named)) {
    const { rows } = await reader.query<{ id: string }>(
      "SELECT id FROM attachment WHERE id = ANY($1::uuid[]) AND dataset = $2 AND field = $3 AND state = 'ready'",
      [idsOf(ofField), dataset, field],
    );
    const ready = new Set(rows.map(({ id }) => id));
    missing.push(...ofField.filter(({ ids }) => !ids.every((id) => ready.has(id))));
  }
  return missing;
}

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
    const ids = idsOf(ofField);
    // in one order, so that two calls that name the same attachments do not wait for each other
    const { rowCount } = await transaction.query(
      `WITH named AS MATERIALIZED (
         SELECT id FROM attachment WHERE id = ANY($1::uuid[]) AND dataset = $2 AND field = $3 AND state = 'ready' ORDER BY id FOR UPDATE)
       UPDATE attachment AS a SET used_at = greatest(a.used_at, $4) FROM named WHERE a.id = named.id`,
      [ids, dataset, field, new Date(now)],
    );
    if (rowCount !== ids.length) return false;
  }
  return true;
}

function byField(named: readonly Naming[]): ReadonlyMap<string, readonly Naming[]> {
  const fields = new Map<string, Naming[]>();
  for (const one of named) fields.set(one.field, [...(fields.get(one.field) ?? []), one]);
  return fields;
}

const idsOf = (named: readonly Naming[]): readonly string[] => [...new Set(named.flatMap(({ ids }) => ids))];

/* The same for the rows of a loaded batch: no value leaves the database. */

/** Ids that rows of a table name, as rows `(_row, id)`. */
const namings = ({ isList }: AttachmentField, { name }: Column, table: string): string =>
  isList
    ? `SELECT b._row, named.id FROM ${table} AS b, json_array_elements_text(b.${name}) AS named(id) WHERE b.${name} IS NOT NULL`
    : `SELECT b._row, b.${name} AS id FROM ${table} AS b WHERE b.${name} IS NOT NULL`;

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

/** Fields of a loaded batch in which rows name attachments that are not ready for them. */
export async function unreadyInBatch(
  reader: Reader,
  dataset: string,
  schema: DatasetSchema,
  batch: string,
): Promise<readonly UnreadyInBatch[]> {
  const found: UnreadyInBatch[] = [];
  for (const { of, column } of columnsOf(schema)) {
    const { rows } = await reader.query<{ rows: number; places: string[] }>(
      `WITH missing AS MATERIALIZED (
         SELECT DISTINCT n._row FROM (${namings(of, column, batchTable(batch))}) AS n
          WHERE NOT EXISTS (SELECT FROM attachment AS a
                             WHERE a.id = n.id::uuid AND a.dataset = $1 AND a.field = $2 AND a.state = 'ready'))
       SELECT count(*)::int AS rows,
              ARRAY(SELECT m._row::text FROM missing AS m ORDER BY m._row LIMIT ${reportedPlaces}) AS places FROM missing`,
      [dataset, of.field],
    );
    const [one] = rows;
    if (one !== undefined && one.rows > 0)
      found.push({ field: of.field, rows: one.rows, places: one.places.map(Number) });
  }
  return found;
}

/** As useAttachments, for all rows of a loaded batch. */
export async function useAttachmentsOfBatch(
  transaction: Transaction,
  dataset: string,
  schema: DatasetSchema,
  batch: string,
): Promise<boolean> {
  for (const { of, column } of columnsOf(schema)) {
    const { rows } = await transaction.query<{ all: boolean }>(
      `WITH named AS MATERIALIZED (SELECT DISTINCT n.id::uuid AS id FROM (${namings(of, column, batchTable(batch))}) AS n),
            ready AS MATERIALIZED (
              SELECT a.id FROM attachment AS a JOIN named USING (id)
               WHERE a.dataset = $1 AND a.field = $2 AND a.state = 'ready' ORDER BY a.id FOR UPDATE OF a),
            used AS (UPDATE attachment AS a SET used_at = greatest(a.used_at, now()) FROM ready WHERE a.id = ready.id RETURNING a.id)
       SELECT (SELECT count(*) FROM named) = (SELECT count(*) FROM used) AS all`,
      [dataset, of.field],
    );
    if (rows[0]?.all !== true) return false;
  }
  return true;
}

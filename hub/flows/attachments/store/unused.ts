/** Attachments that are no longer needed: uploads that did not end, and files that no row names. */
import { attachmentFields } from '../../../../schemas/attachments.ts';
import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';
import { datasetTable, layoutOf, type Column } from '../../../domain/rowTable/layout.ts';
import type { SqlName } from '../../../domain/rowTable/names.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import { plainName, rowTablesOf } from '../../rows/store/tables.ts';
import type { AttachmentRow } from './attachments.ts';

export type Unused = Pick<AttachmentRow, 'id' | 'dataset' | 'department' | 'field' | 'state' | 'bytes'>;

const columns = 'id, dataset, department, field, state, bytes::float8 AS bytes';

/** Excludes datasets under legal hold. Only `mayGo` decides; this condition excludes held datasets from the portion of a run. */
const notHeld = 'NOT EXISTS (SELECT FROM held_dataset AS h WHERE h.dataset = attachment.dataset)';

/** Uploads that began before a moment and did not end. @param before Unix milliseconds */
export async function overdueUploads(
  reader: Reader,
  before: number,
  most: number,
): Promise<readonly Unused[]> {
  const { rows } = await reader.query<Unused>(
    `SELECT ${columns} FROM attachment WHERE state = 'receiving' AND opened_at < $1 AND ${notHeld} ORDER BY opened_at LIMIT $2`,
    [new Date(before), most],
  );
  return rows;
}

/** Datasets that have attachments, whether they are registered or retired. */
export async function datasetsWithAttachments(reader: Reader): Promise<readonly string[]> {
  const { rows } = await reader.query<{ dataset: string }>(
    "SELECT DISTINCT dataset FROM attachment WHERE state = 'ready'",
  );
  return rows.map(({ dataset }) => dataset);
}

/**
 * Attachments of a dataset that no row names, in no table of it: neither one that is read, nor a batch that waits or is loaded.
 * @param before Unix milliseconds: rows named them before this for the last time
 */
export async function unnamedAttachments(
  reader: Reader,
  dataset: string,
  schema: DatasetSchema,
  before: number,
  most: number,
): Promise<readonly Unused[]> {
  const fields = attachmentFields(schema);
  const tables = await tablesOf(reader, dataset, schema);
  const found: Unused[] = [];
  const values = [dataset, new Date(before), most];
  for (const { field } of fields) {
    const column = layoutOf(schema).byField.get(field);
    if (column === undefined) continue;
    const named = tables.flatMap(({ table, types }) => {
      const condition = naming(column, types[plainName(column.name)]);
      return condition === undefined
        ? []
        : [` AND NOT EXISTS (SELECT FROM ${table} AS r WHERE ${condition})`];
    });
    const { rows } = await reader.query<Unused>(
      `SELECT ${columns} FROM attachment AS a
        WHERE dataset = $1 AND state = 'ready' AND used_at < $2 AND field = $4${named.join('')} ORDER BY id LIMIT $3`,
      [...values, field],
    );
    found.push(...rows);
  }
  const { rows } = await reader.query<Unused>(
    `SELECT ${columns} FROM attachment
      WHERE dataset = $1 AND state = 'ready' AND used_at < $2 AND field <> ALL($4) ORDER BY id LIMIT $3`,
    [...values, fields.map(({ field }) => field)],
  );
  return [...found, ...rows].slice(0, most);
}

/**
 * As conditionSql in rows/store/fetch.ts, so that the same index serves. A table of an earlier schema version may have another type in
 * this column. @param type undefined where the table has no such column
 */
function naming({ name }: Column, type: string | undefined): string | undefined {
  if (type === undefined) return undefined;
  return type === 'json' || type === 'jsonb'
    ? `(r.${name}::jsonb) @> to_jsonb(a.id::text)`
    : `r.${name}::text = a.id::text`;
}

async function tablesOf(
  reader: Reader,
  dataset: string,
  schema: DatasetSchema,
): Promise<readonly { readonly table: SqlName; readonly types: Readonly<Record<string, string>> }[]> {
  const all = [...(await rowTablesOf(reader, dataset)), datasetTable(dataset, schema)];
  const found: { table: SqlName; types: Record<string, string> }[] = [];
  for (const table of all) {
    const { rows } = await reader.query<{ types: Record<string, string> }>(
      'SELECT json_object_agg(attname, atttypid::regtype::text) AS types FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped HAVING count(*) > 0',
      [table],
    );
    const [one] = rows;
    if (one !== undefined) found.push({ table, types: one.types });
  }
  return found;
}

/**
 * Ends an attachment whose bytes a job deletes afterwards.
 * @param before Unix milliseconds @returns false where a row named it since, or it ended already
 */
export async function endUnused(
  transaction: Transaction,
  { id, state }: Pick<Unused, 'id' | 'state'>,
  before: number,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    "UPDATE attachment SET state = 'removed' WHERE id = $1 AND state = $2 AND used_at < $3",
    [id, state, new Date(before)],
  );
  return rowCount === 1;
}

type Removed = Pick<AttachmentRow, 'id' | 'dataset' | 'storage' | 'upload'>;

/** Ended attachments, with the place of their bytes. */
export async function removedAttachments(reader: Reader, most: number): Promise<readonly Removed[]> {
  const { rows } = await reader.query<Removed>(
    `SELECT id, dataset, storage, upload FROM attachment WHERE state = 'removed' AND ${notHeld} ORDER BY id LIMIT $1`,
    [most],
  );
  return rows;
}

/** Deletes the record of an attachment, in the transaction that deletes its bytes. */
export async function forgetAttachment(transaction: Transaction, id: string): Promise<void> {
  await transaction.query("DELETE FROM attachment WHERE id = $1 AND state = 'removed'", [id]);
}

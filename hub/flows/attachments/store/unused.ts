/** Attachments that are no longer needed: uploads that did not end, and files that no row names. */
import { attachmentFields } from '../../../../schemas/attachments.ts';
import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';
import { datasetTable, layoutOf, type Column } from '../../../domain/rowTable/layout.ts';
import type { SqlName } from '../../../domain/rowTable/names.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import { rowTablesOf } from '../../rows/store/tables.ts';
import type { AttachmentRow } from './attachments.ts';

export type Unused = Pick<AttachmentRow, 'id' | 'dataset' | 'department' | 'field' | 'state'> & {
  readonly bytes: number;
};

const columns = 'id, dataset, department, field, state, bytes::float8 AS bytes';

/** Uploads that began before a moment and did not end. @param before Unix milliseconds */
export async function overdueUploads(
  reader: Reader,
  before: number,
  most: number,
): Promise<readonly Unused[]> {
  const { rows } = await reader.query<Unused>(
    `SELECT ${columns} FROM attachment WHERE state = 'receiving' AND opened_at < $1 ORDER BY opened_at LIMIT $2`,
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
 * @param schema undefined where the dataset has no rows any more
 * @param before Unix milliseconds: rows named them before this for the last time
 */
export async function unnamedAttachments(
  reader: Reader,
  dataset: string,
  schema: DatasetSchema | undefined,
  before: number,
  most: number,
): Promise<readonly Unused[]> {
  const fields = schema === undefined ? [] : attachmentFields(schema);
  const tables = schema === undefined ? [] : await tablesOf(reader, dataset, schema);
  const found: Unused[] = [];
  const values = [dataset, new Date(before), most];
  for (const { field, isList } of fields) {
    const column = schema && layoutOf(schema).byField.get(field);
    const named = tables
      .filter(({ names }) => column !== undefined && names.includes(plain(column)))
      .map(({ table }) => ` AND NOT EXISTS (SELECT FROM ${table} AS r WHERE ${naming(column, isList)})`);
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

/** As conditionSql in rows/store/fetch.ts, so that the same index serves. */
const naming = (column: Column | undefined, isList: boolean): string =>
  isList
    ? `(r.${column?.name ?? ''}::jsonb) @> to_jsonb(a.id::text)`
    : `r.${column?.name ?? ''} = a.id::text`;

const plain = ({ name }: Column): string => name.replaceAll('"', '');

async function tablesOf(
  reader: Reader,
  dataset: string,
  schema: DatasetSchema,
): Promise<readonly { readonly table: SqlName; readonly names: readonly string[] }[]> {
  const all = [...(await rowTablesOf(reader, dataset)), datasetTable(dataset, schema)];
  const found: { table: SqlName; names: string[] }[] = [];
  for (const table of all) {
    const { rows } = await reader.query<{ names: string[] }>(
      'SELECT array_agg(attname::text) AS names FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped HAVING count(*) > 0',
      [table],
    );
    const [one] = rows;
    if (one !== undefined) found.push({ table, names: one.names });
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

/** Ended attachments, with the place of their bytes. */
export async function removedAttachments(
  reader: Reader,
  most: number,
): Promise<readonly Pick<AttachmentRow, 'id' | 'storage' | 'upload'>[]> {
  const { rows } = await reader.query<Pick<AttachmentRow, 'id' | 'storage' | 'upload'>>(
    "SELECT id, storage, upload FROM attachment WHERE state = 'removed' ORDER BY id LIMIT $1",
    [most],
  );
  return rows;
}

/** Deletes the record of an attachment, once its bytes are gone. */
export async function forgetAttachment(reader: Reader, id: string): Promise<void> {
  await reader.query("DELETE FROM attachment WHERE id = $1 AND state = 'removed'", [id]);
}

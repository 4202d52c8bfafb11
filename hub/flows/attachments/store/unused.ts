/** Attachments that are no longer needed: uploads that did not end, and files that no row names. */
import { columnName, datasetTable } from '../../../domain/rowTable/layout.ts';
import { literalName, type SqlName } from '../../../domain/rowTable/names.ts';
import { unalteredRow } from '../../../platform/database/authenticated/keyedRows.ts';
import { refuseUnauthentic } from '../../../platform/database/authenticated/rowSealing.ts';
import { longStatement } from '../../../platform/database/connection.ts';
import type { Pool } from '../../../platform/database/database.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { inSnapshot, withTransaction, type Transaction } from '../../../platform/database/transaction.ts';
import { plainName, rowTablesOf } from '../../rows/store/tables.ts';
import type { AttachmentRow } from './attachments.ts';
import { freshMs } from './named.ts';
import type { StorageName } from './storage.ts';

export type Unused = Pick<AttachmentRow, 'id' | 'dataset' | 'field' | 'state' | 'bytes'>;

const columns = 'id, dataset, field, state, bytes::float8 AS bytes';

/** Excludes datasets under legal hold. Only `mayGo` decides; this condition excludes held datasets from the portion of a run. */
const notHeld = 'NOT EXISTS (SELECT FROM held_dataset AS h WHERE h.dataset = attachment.dataset)';

/** Uploads that began before a moment and did not end, the oldest first. @param before Unix milliseconds @param after id of the last one listed */
export async function overdueUploads(
  reader: Reader,
  before: number,
  after: string | undefined,
  maxAttachments: number,
): Promise<readonly Unused[]> {
  const later =
    'AND (opened_at, id) > (SELECT last.opened_at, last.id FROM attachment AS last WHERE last.id = $3)';
  const { rows } = await reader.query<Unused>(
    `SELECT ${columns} FROM attachment WHERE state = 'receiving' AND opened_at < $1 AND ${notHeld} ${after === undefined ? '' : later}
      ORDER BY opened_at, id LIMIT $2`,
    [new Date(before), maxAttachments, ...(after === undefined ? [] : [after])],
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
 * Attachments of a dataset that no row has named for the time of grace, in no table of it: neither one that is read, nor a batch that waits
 * or is loaded, nor the table of an earlier version of its schema. Those found without a row for the first time are marked, so that their
 * grace begins now. The number of rows is not limited, so neither is the time.
 * @param now Unix milliseconds @param before Unix milliseconds: those without a row since then are returned
 * @param except ids that are not returned
 */
export async function unnamedAttachments(
  pool: Pool,
  dataset: string,
  {
    now,
    before,
    except,
    maxAttachments,
  }: {
    readonly now: number;
    readonly before: number;
    readonly except: readonly string[];
    readonly maxAttachments: number;
  },
): Promise<readonly Unused[]> {
  const idle = new Date(now - freshMs);
  // `used_at` has no seal: one that is to come would keep an attachment for ever
  const coming = new Date(now + freshMs);
  const { rows: fields } = await pool.query<{ field: string }>(
    "SELECT DISTINCT field FROM attachment WHERE dataset = $1 AND state = 'ready' AND (used_at < $2 OR used_at > $3)",
    [dataset, idle, coming],
  );
  if (fields.length === 0) return [];
  const tables = await tablesOf(pool, dataset);
  const found: Unused[] = [];
  // also those of fields that the present version of the schema lacks
  for (const { field } of fields) {
    const column = columnName(field);
    const named = tables.flatMap(({ table, types }) => {
      const condition = naming(column, types[plainName(column)]);
      return condition === undefined
        ? []
        : [` AND NOT EXISTS (SELECT FROM ${table} AS r WHERE ${condition})`];
    });
    const unnamed = `a.dataset = $1 AND a.field = $2 AND a.state = 'ready' AND (a.used_at < $3 OR a.used_at > $4)${named.join('')}`;
    await withTransaction(pool, (transaction) =>
      longStatement(
        transaction,
        `UPDATE attachment AS a SET unnamed_since = $5 WHERE a.unnamed_since IS NULL AND ${unnamed}`,
        [dataset, field, idle, coming, new Date(now)],
      ),
    );
    const { rows } = await withTransaction(pool, (transaction) =>
      longStatement<Unused>(
        transaction,
        `SELECT ${columns} FROM attachment AS a
          WHERE a.unnamed_since < $5 AND a.id <> ALL ($7) AND ${unnamed} ORDER BY id LIMIT $6`,
        [dataset, field, idle, coming, new Date(before), maxAttachments - found.length, [...except]],
      ),
    );
    found.push(...rows);
    if (found.length >= maxAttachments) break;
  }
  return found;
}

/**
 * As conditionSql in rows/store/fetch.ts, so that the same index serves. A table of another schema version may have another type in
 * this column. @param type undefined where the table has no such column
 */
function naming(name: SqlName, type: string | undefined): string | undefined {
  if (type === undefined) return undefined;
  return type === 'json' || type === 'jsonb'
    ? `(r.${name}::jsonb) @> to_jsonb(a.id::text)`
    : `r.${name}::text = a.id::text`;
}

interface RowTable {
  readonly table: SqlName;
  /** of its columns, by their plain names */
  readonly types: Readonly<Record<string, string>>;
}

/** Tables with rows of a dataset: those of its batches, and the lasting ones under every schema version that exists. */
async function tablesOf(reader: Reader, dataset: string): Promise<readonly RowTable[]> {
  const { rows: versions } = await reader.query<{ name: string; major: number }>(
    'SELECT DISTINCT name, major FROM schema_version',
  );
  const { rows: existing } = await reader.query<{ name: string }>(
    "SELECT relname AS name FROM pg_class WHERE relnamespace = 'rows'::regnamespace AND relname = ANY($1)",
    [versions.map((version) => plainName(datasetTable(dataset, version)))],
  );
  const all = [
    ...(await rowTablesOf(reader, dataset)),
    ...existing.map(({ name }) => literalName('rows', name)),
  ];
  const found: RowTable[] = [];
  for (const table of all) {
    const { rows } = await reader.query<Pick<RowTable, 'types'>>(
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
    `UPDATE attachment SET state = 'removed'
      WHERE id = $1 AND state = $2 AND CASE state WHEN 'ready' THEN unnamed_since ELSE opened_at END < $3`,
    [id, state, new Date(before)],
  );
  return rowCount === 1;
}

/**
 * Those of the ids that no record has. All records are compared with their seals in the same snapshot: one that is hidden for a moment is
 * not absent.
 * @param pool without a deadline for statements: there may be many records @throws Problem rows_unauthenticated
 */
export async function unknownAttachments(pool: Pool, ids: readonly string[]): Promise<readonly string[]> {
  const unknown = await absentOf(pool, ids);
  if (unknown.length === 0) return [];
  return inSnapshot(pool, async (snapshot) => {
    // with the proposals, of which some are legal holds that wait for their second person
    await refuseUnauthentic(snapshot, ['attachment', 'proposal']);
    return absentOf(snapshot, unknown);
  });
}

async function absentOf(reader: Reader, ids: readonly string[]): Promise<readonly string[]> {
  const { rows } = await reader.query<{ id: string }>(
    'SELECT id FROM unnest($1::uuid[]) AS named(id) WHERE NOT EXISTS (SELECT FROM attachment AS a WHERE a.id = named.id)',
    [ids],
  );
  return rows.map(({ id }) => id);
}

export type Removed = Pick<AttachmentRow, 'id' | 'dataset' | 'storage' | 'upload'>;

/** Ended attachments of a storage by id, with the place of their bytes. @param after id of the last one listed */
export async function removedAttachments(
  reader: Reader,
  storage: StorageName,
  after: string | undefined,
  maxAttachments: number,
): Promise<readonly Removed[]> {
  const { rows } = await reader.query<Removed>(
    `SELECT id, dataset, storage, upload FROM attachment
      WHERE state = 'removed' AND storage = $1 AND ${notHeld} ${after === undefined ? '' : 'AND id > $3'} ORDER BY id LIMIT $2`,
    [storage, maxAttachments, ...(after === undefined ? [] : [after])],
  );
  return rows;
}

/**
 * Whether the hub itself has ended it: the record may have been altered while it was listed.
 * @throws Problem rows_unauthenticated
 */
export async function hasEnded(reader: Reader, { id, dataset, storage, upload }: Removed): Promise<boolean> {
  const row = await unalteredRow(reader, 'attachment', [id]);
  return (
    row?.['state'] === 'removed' &&
    row['dataset'] === dataset &&
    row['storage'] === storage &&
    row['upload'] === upload
  );
}

/** Deletes the record of an attachment, in the transaction that deletes its bytes. */
export async function forgetAttachment(transaction: Transaction, id: string): Promise<void> {
  await transaction.query("DELETE FROM attachment WHERE id = $1 AND state = 'removed'", [id]);
}

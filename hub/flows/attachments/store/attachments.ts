/** Attachments: what was uploaded for which field, how far an upload is, and when a row last named one. */
import { createHmac, type KeyObject } from 'node:crypto';
import { Problem } from '../../../../terms/problem.ts';
import { sealingOf } from '../../../platform/database/authenticated/rowSealing.ts';
import { isSameMac } from '../../../platform/database/authenticated/seals.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import type { AttachmentType } from '../../../../schemas/attachments.ts';
import type { StorageName } from './storage.ts';

export interface AttachmentRow {
  readonly id: string;
  readonly dataset: string;
  readonly department: string;
  readonly field: string;
  readonly name: string;
  readonly mediaType: AttachmentType;
  readonly bytes: number;
  readonly sha256: Uint8Array;
  readonly received: number;
  readonly state: 'receiving' | 'ready' | 'removed';
  readonly storage: StorageName;
  readonly upload: string;
}

const columns =
  'id, dataset, department, field, name, media_type AS "mediaType", bytes, sha256, received, state, storage, upload';

type Stored = Omit<AttachmentRow, 'bytes' | 'received'> & {
  readonly bytes: string;
  readonly received: string;
};
const attachmentRow = (row: Stored): AttachmentRow => ({
  ...row,
  bytes: Number(row.bytes),
  received: Number(row.received),
});

export async function attachmentById(reader: Reader, id: string): Promise<AttachmentRow | undefined> {
  const { rows } = await reader.query<Stored>(`SELECT ${columns} FROM attachment WHERE id = $1`, [id]);
  return rows[0] && attachmentRow(rows[0]);
}

/** Of a finished attachment: what its content was checked as. The database does not have the key. */
const macOf = (
  key: KeyObject,
  row: Omit<AttachmentRow, 'received' | 'state' | 'storage' | 'upload' | 'name'>,
): Buffer =>
  createHmac('sha256', key)
    .update(
      JSON.stringify([
        ...['datong attachment 1', row.id, row.dataset, row.department, row.field, row.mediaType, row.bytes],
        Buffer.from(row.sha256).toString('hex'),
      ]),
    )
    .digest();

/**
 * A finished attachment, whose content was checked.
 * @throws Problem rows_unauthenticated where its record is not as the end of its upload stored it
 */
export async function readyAttachment(reader: Reader, id: string): Promise<AttachmentRow | undefined> {
  const { rows } = await reader.query<Stored & { readonly mac: Buffer | null }>(
    `SELECT ${columns}, mac FROM attachment WHERE id = $1 AND state = 'ready'`,
    [id],
  );
  const [stored] = rows;
  if (stored === undefined) return undefined;
  const { mac, ...rest } = stored;
  const row = attachmentRow(rest);
  const sealing = sealingOf(reader);
  const key = sealing?.digests?.key;
  if (key === undefined || isSameMac(mac, macOf(key, row))) return row;
  sealing?.suspect();
  throw new Problem('rows_unauthenticated', { table: 'attachment' });
}

export interface OpenUploads {
  readonly attachments: number;
  /** bytes of these, and of finished ones that no row ever named */
  readonly waitingBytes: number;
  /** the upload that has this name in this field */
  readonly same: string | undefined;
}

/** Uploads of a department that have not ended. Takes an advisory lock of the department, so that uploads that begin at once are counted one after another. */
export async function openUploads(
  transaction: Transaction,
  { department, dataset, field, name }: Pick<AttachmentRow, 'department' | 'dataset' | 'field' | 'name'>,
): Promise<OpenUploads> {
  await transaction.query("SELECT pg_advisory_xact_lock(hashtextextended('attachments ' || $1, 0))", [
    department,
  ]);
  const { rows } = await transaction.query<{ attachments: number; waiting: number; same: string | null }>(
    `SELECT (count(*) FILTER (WHERE state = 'receiving'))::int AS attachments,
            coalesce(sum(bytes), 0)::float8 AS waiting,
            (array_agg(id::text) FILTER (WHERE state = 'receiving' AND dataset = $2 AND field = $3 AND name = $4))[1] AS same
       FROM attachment
      WHERE department = $1 AND (state = 'receiving' OR (state = 'ready' AND NOT was_named))`,
    [department, dataset, field, name],
  );
  const [found] = rows;
  return {
    attachments: found?.attachments ?? 0,
    waitingBytes: found?.waiting ?? 0,
    same: found?.same ?? undefined,
  };
}

/** @param now Unix milliseconds */
export async function addAttachment(
  transaction: Transaction,
  row: Omit<AttachmentRow, 'received' | 'state'>,
  now: number,
): Promise<void> {
  await transaction.query(
    `INSERT INTO attachment (id, dataset, department, field, name, media_type, bytes, sha256, storage, upload, opened_at, used_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)`,
    [
      ...[row.id, row.dataset, row.department, row.field, row.name, row.mediaType, row.bytes],
      ...[Buffer.from(row.sha256), row.storage, row.upload, new Date(now)],
    ],
  );
}

export interface StoredPart {
  readonly at: number;
  readonly length: number;
  readonly sha256: Uint8Array;
}

/** Records a part. @returns false where the upload has ended, or is at another offset: nothing is written then */
export async function advanceUpload(
  transaction: Transaction,
  id: string,
  { at, length, sha256 }: StoredPart,
  tag: string,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    "UPDATE attachment SET received = received + $3 WHERE id = $1 AND received = $2 AND state = 'receiving'",
    [id, at, length],
  );
  if (rowCount !== 1) return false;
  await transaction.query(
    'INSERT INTO attachment_part (attachment, at, sha256, tag) VALUES ($1, $2, $3, $4)',
    [id, at, Buffer.from(sha256), tag],
  );
  return true;
}

export async function partDigest(reader: Reader, id: string, at: number): Promise<Buffer | undefined> {
  const { rows } = await reader.query<{ sha256: Buffer }>(
    'SELECT sha256 FROM attachment_part WHERE attachment = $1 AND at = $2',
    [id, at],
  );
  return rows[0]?.sha256;
}

/** Names that the storage gave to the parts, in their order. */
export async function partTags(reader: Reader, id: string): Promise<readonly string[]> {
  const { rows } = await reader.query<{ tag: string }>(
    'SELECT tag FROM attachment_part WHERE attachment = $1 ORDER BY at',
    [id],
  );
  return rows.map(({ tag }) => tag);
}

/** @param now Unix milliseconds @returns false where the upload is no longer open */
export async function finishUpload(
  transaction: Transaction,
  row: AttachmentRow,
  now: number,
): Promise<boolean> {
  const key = sealingOf(transaction)?.digests?.key;
  const { rowCount } = await transaction.query(
    `UPDATE attachment SET state = 'ready', used_at = $2, unnamed_since = $2, mac = $3
      WHERE id = $1 AND state = 'receiving' AND received = bytes`,
    [row.id, new Date(now), key === undefined ? null : macOf(key, row)],
  );
  return rowCount === 1;
}

/** Ends an open upload; a job deletes its bytes. */
export async function endUpload(reader: Reader, id: string): Promise<void> {
  await reader.query("UPDATE attachment SET state = 'removed' WHERE id = $1 AND state = 'receiving'", [id]);
}

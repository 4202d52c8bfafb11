/** Attachments: what was uploaded for which field, how far an upload is, and when a row last named one. */
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

export interface OpenUploads {
  readonly attachments: number;
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
  const { rows } = await transaction.query<{ attachments: number; same: string | null }>(
    `SELECT count(*)::int AS attachments,
            (array_agg(id::text) FILTER (WHERE dataset = $2 AND field = $3 AND name = $4))[1] AS same
       FROM attachment WHERE department = $1 AND state = 'receiving'`,
    [department, dataset, field, name],
  );
  return { attachments: rows[0]?.attachments ?? 0, same: rows[0]?.same ?? undefined };
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
export async function finishUpload(transaction: Transaction, id: string, now: number): Promise<boolean> {
  const { rowCount } = await transaction.query(
    "UPDATE attachment SET state = 'ready', used_at = $2 WHERE id = $1 AND state = 'receiving' AND received = bytes",
    [id, new Date(now)],
  );
  return rowCount === 1;
}

/** Ends an open upload; a job deletes its bytes. */
export async function endUpload(reader: Reader, id: string): Promise<void> {
  await reader.query("UPDATE attachment SET state = 'removed' WHERE id = $1 AND state = 'receiving'", [id]);
}

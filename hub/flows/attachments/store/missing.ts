/** Attachments whose bytes are not in the object store. */
import { withTransaction } from '../../../platform/database/transaction.ts';
import { longStatement } from '../../../platform/database/connection.ts';
import type { Pool } from '../../../platform/database/database.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { isAttachmentName, pieceBytes, type StoredObject } from './storage.ts';

/** Ids of missing attachments that one comparison returns. */
export const maxReturned = 1_000;

export interface Compared {
  /** attachments of these records that are in the object store */
  readonly inBucket: number;
  /** those whose object is missing, or has another length */
  readonly missing: number;
  /** at most `maxReturned` of them */
  readonly first: readonly string[];
}

/** Names of objects, in their order: after the one, up to the other. They may be of objects that are no attachments. */
export interface Range {
  readonly after: string | undefined;
  readonly upTo: string | undefined;
}

/**
 * Compares the finished attachments of a range of ids with the objects of that range.
 * @param how `before` in Unix milliseconds: attachments that were finished or named since are left out, the objects may have been listed
 * before; `sealBytes` is what sealing adds to each piece
 */
export async function comparedWith(
  pool: Pool,
  { after, upTo }: Range,
  objects: readonly StoredObject[],
  { before, sealBytes }: { readonly before: number; readonly sealBytes: number },
): Promise<Compared> {
  const values: unknown[] = [
    objects.map(({ id }) => id),
    objects.map(({ size }) => size ?? null),
    new Date(before),
  ];
  const bounds = [
    ...(after === undefined ? [] : [boundOf(after, '>', values)]),
    ...(upTo === undefined ? [] : [boundOf(upTo, '<=', values)]),
  ];
  const { rows } = await withTransaction(pool, (transaction) =>
    longStatement<{ inBucket: number; missing: number; first: string[] }>(
      transaction,
      `WITH compared AS MATERIALIZED (
         SELECT a.id, o.id IS NULL OR o.size <> a.bytes + ceil(a.bytes / ${pieceBytes}.0) * ${sealBytes} AS is_missing
           FROM attachment AS a LEFT JOIN unnest($1::uuid[], $2::bigint[]) AS o(id, size) ON o.id = a.id
          WHERE ${["a.storage = 's3' AND a.state = 'ready' AND a.used_at < $3", ...bounds].join(' AND ')})
       SELECT count(*)::int AS "inBucket", (count(*) FILTER (WHERE is_missing))::int AS missing,
              ARRAY(SELECT id::text FROM compared WHERE is_missing ORDER BY id LIMIT ${maxReturned}) AS first
         FROM compared`,
      values,
    ),
  );
  return rows[0] ?? { inBucket: 0, missing: 0, first: [] };
}

/** A bound of the names, whose value is added to the others. The index serves a bound that is an id. */
function boundOf(name: string, operator: '>' | '<=', values: unknown[]): string {
  const place = values.push(name);
  return isAttachmentName(name)
    ? `a.id ${operator} $${place}::uuid`
    : `a.id::text COLLATE "C" ${operator} $${place}`;
}

/** Those of the ids that are finished attachments here. */
export async function readyOnes(reader: Reader, ids: readonly string[]): Promise<readonly string[]> {
  const { rows } = await reader.query<{ id: string }>(
    "SELECT id FROM attachment WHERE id = ANY($1::uuid[]) AND state = 'ready' ORDER BY id",
    [ids],
  );
  return rows.map(({ id }) => id);
}

/** Number of finished attachments in the object store. */
export async function countInS3(reader: Reader): Promise<number> {
  const { rows } = await reader.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM attachment WHERE storage = 's3' AND state = 'ready'",
  );
  return rows[0]?.count ?? 0;
}

/** Rows that a consumer holds, by their names in its feed. */
import type { Reader } from '../../../../platform/database/reader.ts';

export interface Change {
  /** hex: names the row to the consumer */
  readonly row: string;
  /** hex: digest of the returned content; null where the row is gone */
  readonly digest: string | null;
  /** its key, sealed; null where the row is gone */
  readonly key: Uint8Array | null;
  /** keyed hash of its subject */
  readonly subject: Uint8Array | null;
}

/** A row that is held. */
export type HeldRow = Change & {
  readonly digest: string;
  readonly key: Uint8Array;
  /** whether a part of the first copy reported it as gone */
  readonly isReportedGone?: boolean;
};

/** The changes of the newest answer of a feed. */
export async function reportedChanges(reader: Reader, feed: string): Promise<readonly Change[]> {
  const { rows } = await reader.query<Change>(
    `SELECT encode(row, 'hex') AS row, encode(digest, 'hex') AS digest, key, subject FROM change_told WHERE feed = $1`,
    [feed],
  );
  return rows;
}

/** Digests of the given rows that are held, by row. @param rows hex */
export async function heldDigests(
  reader: Reader,
  feed: string,
  rows: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = await reader.query<{ row: string; digest: string }>(
    `SELECT encode(row, 'hex') AS row, encode(digest, 'hex') AS digest FROM change_held WHERE feed = $1 AND row = ANY($2)`,
    [feed, rows.map((row) => Buffer.from(row, 'hex'))],
  );
  return new Map(found.rows.map(({ row, digest }) => [row, digest]));
}

/** Held rows in the order of their names. @param after hex; '' from the first */
export async function heldAfter(
  reader: Reader,
  feed: string,
  after: string,
  maxRows: number,
): Promise<readonly HeldRow[]> {
  const { rows } = await reader.query<HeldRow>(
    `SELECT encode(row, 'hex') AS row, encode(digest, 'hex') AS digest, key, subject, digest = '' AND part IS NOT NULL AS "isReportedGone"
       FROM change_held
      WHERE feed = $1 AND row > $2 ORDER BY row LIMIT $3`,
    [feed, Buffer.from(after, 'hex'), maxRows],
  );
  return rows;
}

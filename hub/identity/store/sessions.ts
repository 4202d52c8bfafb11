/** Stores sessions of persons in a browser. Of the cookie only the hash of its value is stored. */
import type { Knex } from 'knex';
import { refuseUnended } from '../../platform/database/authenticated/keyedRows.ts';
import { sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import { isRole, type Role } from '../../domain/permissions.ts';
import {
  momentAt,
  momentOf,
  readMoment,
  readMomentOrNull,
  narrowed,
} from '../../platform/database/values.ts';
import { pageRows, type ListOrder, type OrderedPage, type PageRows } from '../../platform/database/pages.ts';
import type { Reader } from '../../platform/database/reader.ts';

export type WayIn = 'totp' | 'passkey' | 'oidc' | 'demo';

export interface SessionRow {
  readonly id: string;
  readonly person: string;
  readonly way: WayIn;
  /** Unix milliseconds, like all that follow */
  readonly begunAt: number;
  readonly seenAt: number;
  readonly expiresAt: number;
  readonly endedAt: number | null;
  /** roles of the credential it was opened with, narrower than the person's own; null: all of them */
  readonly roles: readonly Role[] | null;
  /** when the credential it was opened with was revoked */
  readonly revokedAt: number | null;
}

interface Selected {
  readonly id: string;
  readonly person: string;
  readonly way: WayIn;
  readonly begunAt: string;
  readonly seenAt: string;
  readonly expiresAt: string;
  readonly endedAt: string | null;
  readonly roles: string | null;
  readonly revokedAt: string | null;
}

const columns = `s.id, s.person, s.way, ${momentOf('s.begun_at')} AS "begunAt", ${momentOf('s.seen_at')} AS "seenAt",
  ${momentOf('least(s.expires_at, c.expires_at)')} AS "expiresAt", ${momentOf('s.ended_at')} AS "endedAt", c.roles,
  ${momentOf('c.revoked_at')} AS "revokedAt"`;
const tables = 'staff_session s LEFT JOIN credential c ON c.id = s.credential';

const rowOf = (row: Selected): SessionRow => ({
  ...row,
  begunAt: readMoment(row.begunAt),
  seenAt: readMoment(row.seenAt),
  expiresAt: readMoment(row.expiresAt),
  endedAt: readMomentOrNull(row.endedAt),
  roles: row.roles === null ? null : row.roles.split(' ').filter(isRole),
  revokedAt: readMomentOrNull(row.revokedAt),
});

/** @param hash hex SHA-256 of the cookie's value */
export async function sessionByHash(reader: Reader, hash: string): Promise<SessionRow | undefined> {
  const [row] = await authenticSessions(reader, 'hash', hash);
  return row && rowOf(row);
}

export async function sessionById(reader: Reader, id: string): Promise<SessionRow | undefined> {
  const [row] = await authenticSessions(reader, 'id', id);
  return row && rowOf(row);
}

/** A session is valid only while the credential that opened it is. */
async function authenticSessions(reader: Reader, by: 'hash' | 'id', value: string): Promise<Selected[]> {
  const rows = await sealedRows<Selected & { readonly credential: string | null }>(
    reader,
    ['staff_session', 's'],
    `SELECT ${columns}, s.credential FROM ${tables} WHERE s.${by} = $1`,
    [value],
  );
  const opened = rows.flatMap(({ credential }) => credential ?? []);
  if (opened.length === 0) return rows;
  const authentic = await sealedRows<{ readonly id: string }>(
    reader,
    'credential',
    'SELECT id FROM credential WHERE id = ANY ($1::text[])',
    [opened],
  );
  return rows.filter(
    ({ credential }) => credential === null || authentic.some(({ id }) => id === credential),
  );
}

export interface SessionsQuery extends OrderedPage {
  /** only of these */
  readonly persons: readonly string[];
  readonly way: string | undefined;
  /** Unix milliseconds */
  readonly now: number;
}

/** Sessions that are neither ended nor expired, usually the newest first. `after` is an id. */
export async function pageOpenSessions(
  reader: Reader,
  { persons, way, now, ...page }: SessionsQuery,
): Promise<PageRows<SessionRow>> {
  return pageRows(reader, { columns, from: tables, order, permit, narrow }, page, rowOf);

  function permit(rows: Knex.QueryBuilder): void {
    rows.whereRaw('s.person = ANY(?)', [[...persons]]);
  }

  function narrow(rows: Knex.QueryBuilder): void {
    rows.whereRaw(`s.ended_at IS NULL AND s.expires_at > ${momentAt('?')} AND c.revoked_at IS NULL`, [now]);
    narrowed(rows, { 's.way': way });
  }
}

const order: ListOrder = {
  table: 'staff_session',
  alias: 's',
  id: ['id'],
  sorts: { begun: (row) => [`${row}.begun_at`], expires: (row) => [`${row}.expires_at`] },
  usual: '-begun',
};

/** @param exchange id of the entry that opens it */
export async function insertSession(
  reader: Reader,
  row: Pick<SessionRow, 'id' | 'person' | 'way' | 'begunAt' | 'expiresAt'> & {
    readonly hash: string;
    readonly credential: string | null;
  },
  exchange: string,
): Promise<void> {
  await reader.query(
    `INSERT INTO staff_session (id, hash, person, way, credential, begun_at, seen_at, expires_at, begun_by)
     VALUES ($1, $2, $3, $4, $5, ${momentAt('$6')}, ${momentAt('$6')}, ${momentAt('$7')}, $8)`,
    [row.id, row.hash, row.person, row.way, row.credential, row.begunAt, row.expiresAt, exchange],
  );
}

/** Records activity of a session. @param at Unix milliseconds */
export async function seeSession(reader: Reader, id: string, at: number): Promise<void> {
  await reader.query(`UPDATE staff_session SET seen_at = ${momentAt('$2')} WHERE id = $1`, [id, at]);
}

/**
 * @returns false where it has ended before
 * @throws Problem rows_unauthenticated where it has not, and its row was altered while the statement waited for it
 */
export async function endSession(
  reader: Reader,
  end: { readonly id: string; readonly at: number; readonly exchange: string },
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE staff_session SET ended_at = ${momentAt('$2')}, ended_by = $3 WHERE id = $1 AND ended_at IS NULL`,
    [end.id, end.at, end.exchange],
  );
  if (rowCount !== 1) await refuseUnended(reader, 'staff_session', [end.id], 'ended_at');
  return rowCount === 1;
}

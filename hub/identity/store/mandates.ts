/** Stores mandates as they were signed, and their revocations. Both tables are append-only. */
import {
  momentAt,
  momentOf,
  readMoment,
  readMomentOrNull,
  type Page,
  composer,
  rowsOf,
} from '../../platform/database/values.ts';
import type { Reader } from '../../platform/database/reader.ts';

export interface MandateRow {
  readonly id: string;
  readonly department: string;
  /** id of the person who signs under it */
  readonly person: string;
  /** compact JWS, `datong-mandate+jws` */
  readonly jws: string;
  /** the department's key that signed it */
  readonly keyid: string;
  /** id of the person who submitted it */
  readonly givenBy: string;
  /** Unix milliseconds */
  readonly givenAt: number;
  /** id of the entry that stored it */
  readonly exchange: string;
  readonly revokedAt: number | null;
  readonly reason: string | null;
}

interface Selected extends Omit<MandateRow, 'givenAt' | 'revokedAt'> {
  readonly givenAt: string;
  readonly revokedAt: string | null;
}

const columns = `mandate.id, mandate.department, mandate.person, mandate.jws, mandate.keyid, mandate.given_by AS "givenBy",
  ${momentOf('mandate.given_at')} AS "givenAt", mandate.exchange, ${momentOf('r.revoked_at')} AS "revokedAt", r.reason`;
const joined = 'mandate LEFT JOIN mandate_revocation r ON r.mandate = mandate.id';

const rowOf = (row: Selected): MandateRow => ({
  ...row,
  givenAt: readMoment(row.givenAt),
  revokedAt: readMomentOrNull(row.revokedAt),
});

export async function mandateById(reader: Reader, id: string): Promise<MandateRow | undefined> {
  const { rows } = await reader.query<Selected>(`SELECT ${columns} FROM ${joined} WHERE mandate.id = $1`, [
    id,
  ]);
  return rows[0] && rowOf(rows[0]);
}

/** Mandates of one person, the newest first, revoked and expired ones included. */
export async function mandatesOf(reader: Reader, person: string): Promise<MandateRow[]> {
  const { rows } = await reader.query<Selected>(
    `SELECT ${columns} FROM ${joined} WHERE mandate.person = $1 ORDER BY mandate.given_at DESC, mandate.id`,
    [person],
  );
  return rows.map(rowOf);
}

/** When each of some mandates was revoked, Unix milliseconds; without those that were not. */
export async function revocationsOf(
  reader: Reader,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (ids.length === 0) return new Map();
  const { rows } = await reader.query<{ mandate: string; at: string }>(
    `SELECT mandate, ${momentOf('revoked_at')} AS at FROM mandate_revocation WHERE mandate = ANY($1)`,
    [[...ids]],
  );
  return new Map(rows.map(({ mandate, at }) => [mandate, readMoment(at)]));
}

export interface MandatesQuery extends Page {
  /** only of these; undefined: of every department */
  readonly departments: readonly string[] | undefined;
  readonly person: string | undefined;
}

/** In the order of their ids. `after` is an id. */
export async function pageMandates(
  reader: Reader,
  { after, maxRows, departments, person }: MandatesQuery,
): Promise<MandateRow[]> {
  const query = composer('mandate')
    .leftJoin('mandate_revocation as r', 'r.mandate', 'mandate.id')
    .select(composer.raw(columns));
  if (after !== undefined) query.where('mandate.id', '>', after);
  if (departments !== undefined) query.whereRaw('mandate.department = ANY(?)', [[...departments]]);
  if (person !== undefined) query.where('mandate.person', person);
  return (await rowsOf<Selected>(reader, query.orderBy('mandate.id').limit(maxRows))).map(rowOf);
}

/** @returns false where it was submitted before */
export async function insertMandate(
  reader: Reader,
  row: Omit<MandateRow, 'revokedAt' | 'reason'>,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `INSERT INTO mandate (id, department, person, jws, keyid, given_by, given_at, exchange)
     VALUES ($1, $2, $3, $4, $5, $6, ${momentAt('$7')}, $8) ON CONFLICT (id) DO NOTHING`,
    [row.id, row.department, row.person, row.jws, row.keyid, row.givenBy, row.givenAt, row.exchange],
  );
  return rowCount === 1;
}

/** @param revocation.at Unix milliseconds @returns false where it was revoked before */
export async function revokeMandate(
  reader: Reader,
  revocation: {
    readonly id: string;
    readonly by: string;
    readonly at: number;
    readonly reason: string;
    readonly exchange: string;
  },
): Promise<boolean> {
  const { id, by, at, reason, exchange } = revocation;
  const { rowCount } = await reader.query(
    `INSERT INTO mandate_revocation (mandate, revoked_by, revoked_at, reason, exchange)
     VALUES ($1, $2, ${momentAt('$3')}, $4, $5) ON CONFLICT (mandate) DO NOTHING`,
    [id, by, at, reason, exchange],
  );
  return rowCount === 1;
}

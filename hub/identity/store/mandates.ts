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
import { keyedRows } from '../../platform/database/authenticated/keyedRows.ts';
import { sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
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
  const [found] = await checked(reader, `SELECT ${columns} FROM ${joined} WHERE mandate.id = $1`, id);
  return found;
}

/** Mandates of one person, the newest first, revoked and expired ones included. */
export const mandatesOf = (reader: Reader, person: string): Promise<MandateRow[]> =>
  checked(
    reader,
    `SELECT ${columns} FROM ${joined} WHERE mandate.person = $1 ORDER BY mandate.given_at DESC, mandate.id`,
    person,
  );

/** Mandates with a valid seal, with their revocations as `revocationsOf` has them. */
async function checked(reader: Reader, text: string, value: string): Promise<MandateRow[]> {
  const rows = await sealedRows<Selected>(reader, 'mandate', text, [value]);
  const revoked = await revocationsOf(
    reader,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => ({ ...rowOf(row), revokedAt: revoked.get(row.id) ?? null }));
}

/**
 * When each of some mandates was revoked, Unix milliseconds; without those that were not. A mandate whose revocation was altered or deleted
 * past the hub counts as revoked from the beginning.
 */
export async function revocationsOf(
  reader: Reader,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await keyedRows(
    reader,
    'mandate_revocation',
    ids.map((id) => [id]),
  );
  return new Map(
    rows.flatMap((row, at) => {
      const id = ids[at];
      if (id === undefined || row.state === 'absent') return [];
      return [[id, row.state === 'altered' ? 0 : Date.parse(row.values['revoked_at'] ?? '')] as const];
    }),
  );
}

export interface MandatesQuery extends Page {
  /** only of these; undefined: of every department */
  readonly departments: readonly string[] | undefined;
  readonly person: string | undefined;
}

/** In the order of their ids. `after` is an id. */
export async function pageMandates(
  reader: Reader,
  { after, most, departments, person }: MandatesQuery,
): Promise<MandateRow[]> {
  const query = composer('mandate')
    .leftJoin('mandate_revocation as r', 'r.mandate', 'mandate.id')
    .select(composer.raw(columns));
  if (after !== undefined) query.where('mandate.id', '>', after);
  if (departments !== undefined) query.whereRaw('mandate.department = ANY(?)', [[...departments]]);
  if (person !== undefined) query.where('mandate.person', person);
  return (await rowsOf<Selected>(reader, query.orderBy('mandate.id').limit(most))).map(rowOf);
}

/** @returns false where it was submitted before */
export async function insertMandate(
  reader: Reader,
  row: Omit<MandateRow, 'revokedAt' | 'reason'>,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `INSERT INTO mandate (id, department, person, jws, keyid, given_by, given_at, exchange)
     VALUES ($1, $2, $3, $4, $5, $6, ${momentAt('$7')}, $8) ON CONFLICT DO NOTHING`,
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
     VALUES ($1, $2, ${momentAt('$3')}, $4, $5) ON CONFLICT DO NOTHING`,
    [id, by, at, reason, exchange],
  );
  return rowCount === 1;
}

/** The persons through whom a department's keys came, and the decisions on these keys. */
import { firstSealedRows, sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import { momentOf, readMoment } from '../../platform/database/values.ts';
import type { Reader } from '../../platform/database/reader.ts';
import type { SigningKeyState } from './signingKeys.ts';

export interface KeyApprovalsRow {
  readonly keyid: string;
  readonly department: string;
  readonly state: SigningKeyState;
  /** id of the person who issued its code; null: on the machine itself */
  readonly issuer: string | null;
  readonly confirmedBy: string | null;
  readonly objectedBy: string | null;
  readonly objection: string | null;
  /** Unix milliseconds */
  readonly enrolledAt: number;
  /** the entry of the last decision on it, whose first 48 bits are its time; null: not decided */
  readonly decidedBy: string | null;
  /** the entry that enrolled it */
  readonly enrolment: string;
}

type Selected = Omit<KeyApprovalsRow, 'enrolledAt'> & { readonly enrolledAt: string };

const columns = `keyid, department, state, issuer, confirmed_by AS "confirmedBy", objected_by AS "objectedBy", objection, decided_by AS "decidedBy",
  ${momentOf('enrolled_at')} AS "enrolledAt", registered_by AS enrolment`;
const read = (row: Selected): KeyApprovalsRow => ({ ...row, enrolledAt: readMoment(row.enrolledAt) });

export async function keyApprovalsOf(reader: Reader, keyid: string): Promise<KeyApprovalsRow | undefined> {
  const rows = await sealedRows<Selected>(
    reader,
    'signing_key',
    `SELECT ${columns} FROM signing_key WHERE keyid = $1`,
    [keyid],
  );
  return rows.map(read)[0];
}

/** Keys to review: those that wait or were objected to, and those of the last thirty days; the newest first. */
export async function listKeyApprovals(reader: Reader): Promise<KeyApprovalsRow[]> {
  const rows = await firstSealedRows<Selected>(
    reader,
    'signing_key',
    `SELECT ${columns} FROM signing_key
      WHERE revoked_at IS NULL AND (state = 'waiting' OR objected_by IS NOT NULL OR enrolled_at > now() - interval '30 days')
      ORDER BY enrolled_at DESC, keyid`,
    [],
    1_000,
  );
  return rows.map(read);
}

/** How many keys wait, and how many are under an objection. */
export async function countKeysInDoubt(
  reader: Reader,
): Promise<{ readonly waiting: number; readonly objected: number }> {
  const { rows } = await reader.query<{ waiting: string; objected: string }>(
    `SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting, count(*) FILTER (WHERE objected_by IS NOT NULL) AS objected
       FROM signing_key WHERE revoked_at IS NULL AND state <> 'refused'`,
  );
  return { waiting: Number(rows[0]?.waiting ?? 0), objected: Number(rows[0]?.objected ?? 0) };
}

/**
 * Confirms a key, which ends an objection. The table rejects the person who issued its code.
 * @returns false when its state has changed
 */
export async function confirmKey(
  reader: Reader,
  { keyid, by }: { readonly keyid: string; readonly by: string },
  exchange: string,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE signing_key SET state = 'active', confirmed_by = $2, objected_by = NULL, objection = NULL, decided_by = $3
      WHERE keyid = $1 AND state <> 'refused' AND revoked_at IS NULL AND (confirmed_by IS NULL OR objected_by IS NOT NULL)`,
    [keyid, by, exchange],
  );
  return rowCount === 1;
}

/** @returns false when an objection was made before, or it ended */
export async function objectToKey(
  reader: Reader,
  { keyid, by, reason }: { readonly keyid: string; readonly by: string; readonly reason: string },
  exchange: string,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE signing_key SET objected_by = $2, objection = $3, decided_by = $4
      WHERE keyid = $1 AND objected_by IS NULL AND state <> 'refused' AND revoked_at IS NULL`,
    [keyid, by, reason, exchange],
  );
  return rowCount === 1;
}

/** Ends a key permanently. @param now Unix milliseconds @returns false when it ended before */
export async function refuseKey(
  reader: Reader,
  { keyid, reason, now }: { readonly keyid: string; readonly reason: string; readonly now: number },
  exchange: string,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE signing_key SET state = 'refused', revoked_at = to_timestamp($2::double precision / 1000), decided_by = $3, refusal = $4
      WHERE keyid = $1 AND state <> 'refused' AND revoked_at IS NULL`,
    [keyid, now, exchange, reason],
  );
  return rowCount === 1;
}

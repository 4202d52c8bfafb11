/** Authenticators that show six digits: one of each person, its secret sealed. */
import { sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import { momentAt, momentOf, readMomentOrNull } from '../../platform/database/moment.ts';
import type { Reader } from '../../platform/database/reader.ts';

export interface AuthenticatorRow {
  readonly person: string;
  /** sealed */
  readonly secret: Buffer;
  /** Unix milliseconds; null: it has shown no code yet and proves nothing */
  readonly confirmedAt: number | null;
  readonly failures: number;
  /** Unix milliseconds of the last wrong code */
  readonly failedAt: number | null;
}

export async function authenticatorOf(reader: Reader, person: string): Promise<AuthenticatorRow | undefined> {
  const rows = await sealedRows<{
    person: string;
    secret: Buffer;
    confirmedAt: string | null;
    failures: number;
    failedAt: string | null;
  }>(
    reader,
    'authenticator',
    `SELECT person, secret, ${momentOf('confirmed_at')} AS "confirmedAt", failures, ${momentOf('failed_at')} AS "failedAt"
       FROM authenticator WHERE person = $1`,
    [person],
  );
  const [row] = rows;
  return (
    row && {
      ...row,
      confirmedAt: readMomentOrNull(row.confirmedAt),
      failedAt: readMomentOrNull(row.failedAt),
    }
  );
}

/** In place of one that was never confirmed. @param exchange id of the entry @returns false where one is confirmed already */
export async function offerAuthenticator(
  reader: Reader,
  {
    person,
    secret,
    exchange,
  }: { readonly person: string; readonly secret: Uint8Array; readonly exchange: string },
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `INSERT INTO authenticator (person, secret, made_by) VALUES ($1, $2, $3)
     ON CONFLICT (person) DO UPDATE SET secret = $2, made_by = $3 WHERE authenticator.confirmed_at IS NULL`,
    [person, secret, exchange],
  );
  return rowCount === 1;
}

/** Takes a code of this step of time, once. @param at Unix milliseconds @returns false where it or a later one was taken before */
export async function takeStep(
  reader: Reader,
  { person, step, at }: { readonly person: string; readonly step: number; readonly at: number },
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE authenticator SET last_step = $2, failures = 0, failed_at = NULL,
            confirmed_at = coalesce(confirmed_at, ${momentAt('$3')})
      WHERE person = $1 AND last_step < $2`,
    [person, step, at],
  );
  return rowCount === 1;
}

/** Counts a wrong code. Those of long ago are forgotten. @param at Unix milliseconds */
export async function countFailure(
  reader: Reader,
  { person, at, forgetAfter }: { readonly person: string; readonly at: number; readonly forgetAfter: number },
): Promise<void> {
  await reader.query(
    `UPDATE authenticator SET failed_at = ${momentAt('$2')},
            failures = CASE WHEN failed_at < ${momentAt('($2::double precision - $3)')} THEN 1 ELSE failures + 1 END
      WHERE person = $1`,
    [person, at, forgetAfter],
  );
}

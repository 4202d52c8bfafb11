/** Enrolment codes that could still be used. */
import { sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import { momentAt, momentOf, readMoment } from '../../platform/database/moment.ts';
import type { Reader } from '../../platform/database/reader.ts';

export interface OpenCode {
  /** its name in entries; the code itself is not stored */
  readonly id: string;
  readonly department: string;
  /** id of the person who issued it; null: on the machine itself */
  readonly issuer: string | null;
  /** Unix milliseconds */
  readonly expiresAt: number;
}

/** The one that ends first at the head. @param now Unix milliseconds */
export async function listOpenCodes(reader: Reader, now: number): Promise<OpenCode[]> {
  const rows = await sealedRows<Omit<OpenCode, 'expiresAt'> & { expiresAt: string }>(
    reader,
    'enrolment_code',
    `SELECT id, department, issuer, ${momentOf('expires_at')} AS "expiresAt" FROM enrolment_code
      WHERE used_at IS NULL AND expires_at > ${momentAt('$1')} ORDER BY expires_at, id LIMIT 1000`,
    [now],
  );
  return rows.map((row) => ({ ...row, expiresAt: readMoment(row.expiresAt) }));
}

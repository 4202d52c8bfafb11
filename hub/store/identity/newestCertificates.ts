import { momentAt, momentOf, readMoment } from '../database/moment.ts';
import type { Reader } from '../database/reader.ts';

export interface NewestCertificate {
  readonly serial: string;
  /** Unix milliseconds */
  readonly notAfter: number;
}

/** Of each of these departments the valid certificate that lasts longest. @param now Unix milliseconds @returns them by department */
export async function newestCertificates(
  reader: Reader,
  departments: readonly string[],
  now: number,
): Promise<ReadonlyMap<string, NewestCertificate>> {
  const { rows } = await reader.query<{ department: string; serial: string; notAfter: string }>(
    `SELECT DISTINCT ON (department) department, serial, ${momentOf('not_after')} AS "notAfter"
       FROM certificate
      WHERE department = ANY($1) AND revoked_at IS NULL AND not_after > ${momentAt('$2')}
      ORDER BY department, certificate.not_after DESC, serial`,
    [[...departments], now],
  );
  return new Map(
    rows.map(({ department, serial, notAfter }) => [department, { serial, notAfter: readMoment(notAfter) }]),
  );
}

/**
 * Departments whose certificates have all ended, or end before a moment: of each the one that lasts longest, where it has not ended too long ago.
 * @param span Unix milliseconds, both
 */
export async function certificatesEnding(
  reader: Reader,
  { from, before }: { readonly from: number; readonly before: number },
): Promise<readonly (NewestCertificate & { readonly department: string })[]> {
  const { rows } = await reader.query<{ department: string; serial: string; notAfter: string }>(
    `SELECT department, serial, ${momentOf('not_after')} AS "notAfter"
       FROM (SELECT DISTINCT ON (department) department, serial, not_after FROM certificate
              WHERE revoked_at IS NULL ORDER BY department, not_after DESC, serial) AS newest
      WHERE not_after >= ${momentAt('$1')} AND not_after < ${momentAt('$2')} ORDER BY not_after, department`,
    [from, before],
  );
  return rows.map(({ notAfter, ...row }) => ({ ...row, notAfter: readMoment(notAfter) }));
}

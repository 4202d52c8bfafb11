import { momentAt, momentOf, readMoment } from '../../platform/database/moment.ts';
import type { Reader } from '../../platform/database/reader.ts';

export interface NewestCertificate {
  readonly serial: string;
  /** Unix milliseconds */
  readonly notAfter: number;
}

/** The first of a department's stretch of `certificate_newest`. */
const longest = (department: string): string =>
  `(SELECT serial, not_after FROM certificate WHERE department = ${department} AND revoked_at IS NULL
      ORDER BY not_after DESC, serial LIMIT 1) AS newest`;

/** Of each of these departments the valid certificate that lasts longest. @param now Unix milliseconds @returns them by department */
export async function newestCertificates(
  reader: Reader,
  departments: readonly string[],
  now: number,
): Promise<ReadonlyMap<string, NewestCertificate>> {
  const { rows } = await reader.query<{ department: string; serial: string; notAfter: string }>(
    `SELECT asked.department, serial, ${momentOf('not_after')} AS "notAfter"
       FROM (SELECT DISTINCT unnest($1::text[]) AS department) AS asked CROSS JOIN LATERAL ${longest('asked.department')}
      WHERE not_after > ${momentAt('$2')}`,
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
    `SELECT d.code AS department, serial, ${momentOf('not_after')} AS "notAfter"
       FROM department AS d CROSS JOIN LATERAL ${longest('d.code')}
      WHERE not_after >= ${momentAt('$1')} AND not_after < ${momentAt('$2')} ORDER BY newest.not_after, d.code`,
    [from, before],
  );
  return rows.map(({ notAfter, ...row }) => ({ ...row, notAfter: readMoment(notAfter) }));
}

import { composer, rowsOf } from '../../platform/database/compiled.ts';
import { momentAt, momentOf, readMoment, readMomentOrNull } from '../../platform/database/moment.ts';
import type { Page } from '../../platform/database/page.ts';
import type { Reader } from '../../platform/database/reader.ts';
import type { CertificateRow } from './certificates.ts';

export interface CertificatesWanted extends Page {
  /** only of these; undefined: of every department */
  readonly departments: readonly string[] | undefined;
  readonly state: string | undefined;
  /** Unix milliseconds */
  readonly now: number;
}

export type CertificateSummary = Pick<
  CertificateRow,
  'serial' | 'department' | 'notBefore' | 'notAfter' | 'revokedAt' | 'reason'
>;

interface Selected extends Pick<CertificateRow, 'serial' | 'department' | 'reason'> {
  readonly notBefore: string;
  readonly notAfter: string;
  readonly revokedAt: string | null;
}

/** Certificates, the newest first. `after` is a serial. */
export async function pageCertificates(
  reader: Reader,
  { after, most, departments, state, now }: CertificatesWanted,
): Promise<CertificateSummary[]> {
  const query = composer('certificate').select(
    'serial',
    'department',
    'reason',
    composer.raw(`${momentOf('not_before')} AS "notBefore", ${momentOf('not_after')} AS "notAfter",
      ${momentOf('revoked_at')} AS "revokedAt"`),
  );
  if (after !== undefined)
    query.whereRaw(
      '(not_before, serial) < (SELECT c.not_before, c.serial FROM certificate c WHERE c.serial = ?)',
      [after],
    );
  if (departments !== undefined) query.whereRaw('department = ANY(?)', [[...departments]]);
  if (state !== undefined)
    query.whereRaw(
      `? = CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN not_after <= ${momentAt('?')} THEN 'expired' ELSE 'valid' END`,
      [state, now],
    );
  const rows = await rowsOf<Selected>(
    reader,
    query.orderByRaw('certificate.not_before DESC, serial DESC').limit(most),
  );
  return rows.map((row) => ({
    ...row,
    notBefore: readMoment(row.notBefore),
    notAfter: readMoment(row.notAfter),
    revokedAt: readMomentOrNull(row.revokedAt),
  }));
}

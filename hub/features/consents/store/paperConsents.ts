import type { PaperTrail } from '../../../../policies/consents/consent.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/** Whether a form of this department, or a scan, was taken over before. */
export async function isPaperKnown(
  reader: Reader,
  { collector, form, scan }: { readonly collector: string } & Pick<PaperTrail, 'form' | 'scan'>,
): Promise<boolean> {
  const { rows } = await reader.query(
    'SELECT 1 FROM paper_consent WHERE (collector = $1 AND form = $2) OR scan = $3',
    [collector, form, scan],
  );
  return rows.length > 0;
}

/** @throws the database's unique violation where form or scan was taken over meanwhile */
export async function insertPaper(
  transaction: Reader,
  {
    consent,
    collector,
    form,
    scan,
    takenOn,
    takenBy,
    confirmedBy,
  }: PaperTrail & {
    readonly consent: string;
    readonly collector: string;
  },
): Promise<void> {
  await transaction.query(
    `INSERT INTO paper_consent (consent, collector, form, scan, taken_on, taken_by, confirmed_by)
     VALUES ($1, $2, $3, $4, $5::date, $6, $7)`,
    [consent, collector, form, scan, takenOn, takenBy, confirmedBy],
  );
}

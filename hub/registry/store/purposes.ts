/** The tree of purposes (使用场景). */
import { sealedRow, sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import type { Reader } from '../../platform/database/reader.ts';
import {
  momentOf,
  readMoment,
  type Page,
  composer,
  narrowed,
  rowsOf,
} from '../../platform/database/values.ts';

export interface PurposeRow {
  readonly code: string;
  /** code of the parent purpose, null at the top */
  readonly parent: string | null;
  readonly titleZh: string;
  readonly titleEn: string;
}

const purposeColumns = 'code, parent, title_zh AS "titleZh", title_en AS "titleEn"';

export const listPurposes = (reader: Reader): Promise<PurposeRow[]> =>
  sealedRows<PurposeRow>(reader, 'purpose', `SELECT ${purposeColumns} FROM purpose ORDER BY code`);

export const purposeByCode = (reader: Reader, code: string): Promise<PurposeRow | undefined> =>
  sealedRow<PurposeRow>(reader, 'purpose', `SELECT ${purposeColumns} FROM purpose WHERE code = $1`, [code]);

/** @param actingPersons two persons (table constraint); @param exchange id of the entry that registers it */
export async function insertPurpose(
  reader: Reader,
  { code, parent, titleZh, titleEn }: PurposeRow,
  actingPersons: { readonly author: string; readonly approver: string | null },
  exchange: string,
): Promise<void> {
  await reader.query(
    `INSERT INTO purpose (code, parent, title_zh, title_en, author, approver, registered_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [code, parent, titleZh, titleEn, actingPersons.author, actingPersons.approver, exchange],
  );
}

/** Purposes by code, each with the time of its registration (Unix milliseconds). */
export async function pagePurposes(
  reader: Reader,
  { after, maxRows, parent }: Page & { readonly parent: string | undefined },
): Promise<(PurposeRow & { readonly registeredAt: number })[]> {
  const query = composer('purpose').select(
    composer.raw(`${purposeColumns}, ${momentOf('registered_at')} AS moment`),
  );
  if (after !== undefined) query.where('code', '>', after);
  narrowed(query, { parent });
  const rows = await rowsOf<PurposeRow & { readonly moment: string }>(
    reader,
    query.orderBy('code').limit(maxRows),
  );
  return rows.map(({ moment, ...row }) => ({ ...row, registeredAt: readMoment(moment) }));
}

/** The tree of purposes (使用用途). */
import type { Reader } from './reader.ts';

export interface PurposeRow {
  readonly code: string;
  /** code of the purpose above, null at the top */
  readonly parent: string | null;
  readonly titleZh: string;
  readonly titleEn: string;
}

const columns = 'code, parent, title_zh AS "titleZh", title_en AS "titleEn"';

export async function listPurposes(reader: Reader): Promise<PurposeRow[]> {
  const { rows } = await reader.query<PurposeRow>(`SELECT ${columns} FROM purpose ORDER BY code`);
  return rows;
}

export async function purposeByCode(reader: Reader, code: string): Promise<PurposeRow | undefined> {
  const { rows } = await reader.query<PurposeRow>(`SELECT ${columns} FROM purpose WHERE code = $1`, [code]);
  return rows[0];
}

/** @param exchange id of the entry that registers it */
export async function insertPurpose(reader: Reader, row: PurposeRow, exchange: string): Promise<void> {
  await reader.query(
    'INSERT INTO purpose (code, parent, title_zh, title_en, registered_by) VALUES ($1, $2, $3, $4, $5)',
    [row.code, row.parent, row.titleZh, row.titleEn, exchange],
  );
}

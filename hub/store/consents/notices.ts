import type { Reader } from '../database/reader.ts';

/** What persons are told before they agree (告知书). */
export interface NoticeRow {
  /** hex SHA-256 of the text */
  readonly digest: string;
  readonly reference: string;
  /** department whose notice it is */
  readonly owner: string;
  readonly language: 'zh' | 'en';
  readonly text: string;
  readonly purposes: readonly string[];
}

const columns = 'digest, reference, owner, language, text, purposes';

/** Any department's notice with this text: for who reads the text alone. */
export async function noticeByDigest(reader: Reader, digest: string): Promise<NoticeRow | undefined> {
  const { rows } = await reader.query<NoticeRow>(
    `SELECT ${columns} FROM consent_notice WHERE digest = $1 ORDER BY registered_by LIMIT 1`,
    [digest],
  );
  return rows[0];
}

/** What these departments say in one and the same text. */
export async function noticesOf(
  reader: Reader,
  digest: string,
  owners: readonly string[],
): Promise<readonly NoticeRow[]> {
  const { rows } = await reader.query<NoticeRow>(
    `SELECT ${columns} FROM consent_notice WHERE digest = $1 AND owner = ANY ($2) ORDER BY registered_by`,
    [digest, owners],
  );
  return rows;
}

/** The notice of a purpose that one of these departments registered last, in one language. */
export async function newestNotice(
  reader: Reader,
  purpose: string,
  owners: readonly string[],
  language: 'zh' | 'en',
): Promise<NoticeRow | undefined> {
  const { rows } = await reader.query<NoticeRow>(
    `SELECT ${columns} FROM consent_notice
      WHERE $1 = ANY (purposes) AND owner = ANY ($2) AND language = $3 ORDER BY registered_by DESC LIMIT 1`,
    [purpose, owners, language],
  );
  return rows[0];
}

/** @param exchange id of the entry that registers it @returns false when its owner has registered this text, or another in this language under its reference */
export async function insertNotice(reader: Reader, row: NoticeRow, exchange: string): Promise<boolean> {
  const { rowCount } = await reader.query(
    `INSERT INTO consent_notice (digest, reference, owner, language, text, purposes, registered_by)
     SELECT $1, $2, $3, $4, $5, $6, $7
      WHERE NOT EXISTS (SELECT FROM consent_notice WHERE owner = $3 AND reference = $2 AND language = $4)
     ON CONFLICT DO NOTHING`,
    [row.digest, row.reference, row.owner, row.language, row.text, row.purposes, exchange],
  );
  return rowCount === 1;
}

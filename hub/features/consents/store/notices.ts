import type { Reader } from '../../../platform/database/reader.ts';

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

/** For what a person is asked, and the departments that have a part in it. */
export interface NoticeQuery {
  readonly purpose: string;
  readonly provider: string;
  readonly recipient: string;
  readonly collector: string;
}

/**
 * What a person reads for each, in their order, in one language: the newest notice of who gives the data or asks her; only where neither has
 * one that of who receives them, so that no recipient puts its own words before theirs. A text that its provider registered for other purposes
 * covers none of these, whoever else registered it.
 */
export async function noticesWanted(
  reader: Reader,
  wanted: readonly NoticeQuery[],
  language: 'zh' | 'en',
): Promise<readonly (NoticeRow | undefined)[]> {
  const each = (of: (one: NoticeQuery) => string): string[] => wanted.map(of);
  const { rows } = await reader.query<NoticeRow & { readonly place: number }>(
    `SELECT asked.place::int4 AS place, found.*
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
            WITH ORDINALITY AS asked (purpose, provider, recipient, collector, place)
      CROSS JOIN LATERAL (
            SELECT ${columns} FROM consent_notice
             WHERE asked.purpose = ANY (purposes) AND language = $5
               AND owner IN (asked.provider, asked.recipient, asked.collector)
               AND NOT EXISTS (SELECT FROM consent_notice AS theirs
                                WHERE theirs.digest = consent_notice.digest AND theirs.owner = asked.provider
                                  AND NOT asked.purpose = ANY (theirs.purposes))
             ORDER BY owner = asked.recipient, registered_by DESC LIMIT 1) AS found`,
    [
      ...[each(({ purpose }) => purpose), each(({ provider }) => provider)],
      ...[each(({ recipient }) => recipient), each(({ collector }) => collector), language],
    ],
  );
  const found: (NoticeRow | undefined)[] = wanted.map(() => undefined);
  for (const { place, ...row } of rows) found[place - 1] = row;
  return found;
}

/** @param exchange id of the entry that registers it @returns false when its owner has registered this text, or another in this language under its reference */
export async function insertNotice(reader: Reader, row: NoticeRow, exchange: string): Promise<boolean> {
  const { rowCount } = await reader.query(
    `INSERT INTO consent_notice (digest, reference, owner, language, text, purposes, registered_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
    [row.digest, row.reference, row.owner, row.language, row.text, row.purposes, exchange],
  );
  return rowCount === 1;
}

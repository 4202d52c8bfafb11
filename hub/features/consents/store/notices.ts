import { keyedRows } from '../../../platform/database/authenticated/keyedRows.ts';
import { refuseLeftOut } from '../../../platform/database/authenticated/leftOutRows.ts';
import { firstSealedRows, sealedRows } from '../../../platform/database/authenticated/sealedRows.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/** Notice shown to persons before they agree (告知书). */
export interface NoticeRow {
  /** hex SHA-256 of the text */
  readonly digest: string;
  readonly reference: string;
  /** department that owns the notice */
  readonly owner: string;
  readonly language: 'zh' | 'en';
  readonly text: string;
  readonly purposes: readonly string[];
}

const columns = 'digest, reference, owner, language, text, purposes';

/** A notice with this text of any department, for callers that read only the text. */
export async function noticeByDigest(reader: Reader, digest: string): Promise<NoticeRow | undefined> {
  const text = `SELECT ${columns} FROM consent_notice WHERE digest = $1 ORDER BY registered_by`;
  const [row] = await firstSealedRows<NoticeRow>(reader, 'consent_notice', text, [digest], 1);
  return row;
}

/** The notices of these departments with the same text. */
export const noticesOf = (
  reader: Reader,
  digest: string,
  owners: readonly string[],
): Promise<readonly NoticeRow[]> =>
  sealedRows<NoticeRow>(
    reader,
    'consent_notice',
    `SELECT ${columns} FROM consent_notice WHERE digest = $1 AND owner = ANY ($2) ORDER BY registered_by`,
    [digest, [...owners]],
  );

/** The purposes a person is asked for, and the departments involved. */
export interface NoticeQuery {
  readonly purpose: string;
  readonly provider: string;
  readonly recipient: string;
  readonly collector: string;
}

/**
 * Returns the notice to show for each query, in order and in one language. It is the newest notice of the provider or of the department
 * that asks. The recipient's notice is used only if neither has one, so that a recipient cannot override their text. If the provider
 * registered a text for other purposes, that text covers none of these, even if another department registered it too. A notice that was
 * changed past the hub is not shown. One that is hidden lets an earlier text be shown, to which no person can consent (`giveOwnConsent`).
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
  const keys = rows.map(({ digest, owner }) => [digest, owner]);
  const states = await keyedRows(reader, 'consent_notice', keys);
  const found: (NoticeRow | undefined)[] = wanted.map(() => undefined);
  for (const [at, { place, ...row }] of rows.entries())
    if (states[at]?.state === 'valid') found[place - 1] = row;
  return found;
}

/**
 * @param exchange id of the entry that registers it
 * @returns false if its owner registered this text before, or another text in this language under the same reference
 */
export async function insertNotice(reader: Reader, row: NoticeRow, exchange: string): Promise<boolean> {
  const { rowCount } = await reader.query(
    `INSERT INTO consent_notice (digest, reference, owner, language, text, purposes, registered_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
    [row.digest, row.reference, row.owner, row.language, row.text, row.purposes, exchange],
  );
  await refuseLeftOut(reader, {
    table: 'consent_notice',
    columns: { digest: 'text', owner: 'text' },
    rows: [[row.digest, row.owner]],
    or: {
      columns: { owner: 'text', reference: 'text', language: 'text' },
      rows: [[row.owner, row.reference, row.language]],
    },
  });
  return rowCount === 1;
}

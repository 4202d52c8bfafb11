/** Code lists (值域代码), by id and version; versions are append-only, and may be withdrawn. */
import { firstSealedRows, sealedRow, sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import {
  bySound,
  itself,
  pageRows,
  type ListOrder,
  type OrderedPage,
  type PageRows,
} from '../../platform/database/pages.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { momentOf, readMoment, narrowed } from '../../platform/database/values.ts';

export interface CodeListRow {
  readonly id: string;
  readonly version: string;
  /** the list as it was registered, JSON text */
  readonly document: string;
  /** hex SHA-256 of the canonical document */
  readonly digest: string;
  /** code of the department that owns it; null: the data office */
  readonly owner: string | null;
  /** the day (YYYY-MM-DD) from which it is in effect; null: before every version with a day */
  readonly from: string | null;
  /** why it was withdrawn; null: it is valid */
  readonly withdrawn: string | null;
}

const columns = 'id, version, document, digest, owner, valid_from AS "from", withdrawn_reason AS withdrawn';

/** Every version that was not withdrawn, by list, the oldest first. */
export const listCodeLists = (reader: Reader): Promise<CodeListRow[]> =>
  sealedRows<CodeListRow>(
    reader,
    'code_list',
    `SELECT ${columns} FROM code_list WHERE withdrawn_by IS NULL ORDER BY id, valid_from NULLS FIRST, version`,
  );

/** The same without texts: sufficient to detect changes. */
export const listCodeListHeads = (
  reader: Reader,
): Promise<readonly Pick<CodeListRow, 'id' | 'version' | 'digest' | 'from'>[]> =>
  sealedRows<Pick<CodeListRow, 'id' | 'version' | 'digest' | 'from'>>(
    reader,
    'code_list',
    `SELECT id, version, digest, valid_from AS "from" FROM code_list
      WHERE withdrawn_by IS NULL ORDER BY id, valid_from NULLS FIRST, version`,
  );

/** Texts of versions, by digest, including withdrawn ones. */
export async function codeListTexts(
  reader: Reader,
  digests: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (digests.length === 0) return new Map();
  const rows = await sealedRows<{ digest: string; document: string }>(
    reader,
    'code_list',
    'SELECT digest, document FROM code_list WHERE digest = ANY($1)',
    [digests],
  );
  return new Map(rows.map(({ digest, document }) => [digest, document]));
}

/** A version, withdrawn or not. */
export const codeListVersion = (
  reader: Reader,
  id: string,
  version: string,
): Promise<CodeListRow | undefined> =>
  sealedRow<CodeListRow>(
    reader,
    'code_list',
    `SELECT ${columns} FROM code_list WHERE id = $1 AND version = $2`,
    [id, version],
  );

/** The owner of a list; undefined if it has no version. */
export async function codeListOwner(
  reader: Reader,
  id: string,
): Promise<Pick<CodeListRow, 'owner'> | undefined> {
  const rows = await firstSealedRows<Pick<CodeListRow, 'owner'>>(
    reader,
    'code_list',
    'SELECT owner FROM code_list WHERE id = $1 ORDER BY registered_at, version',
    [id],
    1,
  );
  return rows[0];
}

/** @param actingPersons two persons (table constraint); @param exchange id of the entry that registers it */
export async function insertCodeList(
  reader: Reader,
  row: Omit<CodeListRow, 'withdrawn'>,
  actingPersons: { readonly author: string; readonly approver: string | null },
  exchange: string,
): Promise<void> {
  const { id, version, document, digest, owner, from } = row;
  await reader.query(
    `INSERT INTO code_list (id, version, document, digest, owner, valid_from, author, approver, registered_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [id, version, document, digest, owner, from, actingPersons.author, actingPersons.approver, exchange],
  );
}

/** @returns false when it was already withdrawn */
export async function withdrawCodeList(
  reader: Reader,
  { id, version, reason }: { readonly id: string; readonly version: string; readonly reason: string },
  exchange: string,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE code_list SET withdrawn_reason = $3, withdrawn_by = $4
      WHERE id = $1 AND version = $2 AND withdrawn_by IS NULL`,
    [id, version, reason, exchange],
  );
  return rowCount === 1;
}

interface CodeListSummary {
  readonly id: string;
  readonly version: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly source: string | null;
  readonly codes: number;
  readonly digest: string;
  /** Unix milliseconds */
  readonly registeredAt: number;
}

/** Code lists by id and version, without their codes. `after` is `id@version`. */
export async function pageCodeLists(
  reader: Reader,
  { id, ...page }: OrderedPage & { readonly id: string | undefined },
): Promise<PageRows<CodeListSummary>> {
  return pageRows(
    reader,
    {
      columns: `id, version, digest, document::jsonb #>> '{title,zh}' AS "titleZh", document::jsonb #>> '{title,en}' AS "titleEn",
        document::jsonb ->> 'source' AS source, jsonb_array_length(document::jsonb -> 'entries') AS codes,
        ${momentOf('registered_at')} AS moment`,
      order,
      narrow: (rows) => void narrowed(rows, { id }),
    },
    page,
    ({ moment, ...row }: Omit<CodeListSummary, 'registeredAt'> & { readonly moment: string }) => ({
      ...row,
      registeredAt: readMoment(moment),
    }),
  );
}

const order: ListOrder = {
  table: 'code_list',
  id: ['id', 'version'],
  sorts: {
    id: itself,
    title: (row) => [bySound(`${row}.document::jsonb #>> '{title,zh}'`)],
    registered: (row) => [`${row}.registered_at`],
  },
  usual: 'id',
  showsAltered: true,
};

import { composer, narrowed, rowsOf } from '../../platform/database/compiled.ts';
import { momentOf, readMoment } from '../../platform/database/moment.ts';
import type { Page } from '../../platform/database/page.ts';
import type { Reader } from '../../platform/database/reader.ts';

export interface CodeListSummary {
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
  { after, most, id }: Page & { readonly id: string | undefined },
): Promise<CodeListSummary[]> {
  const query = composer('code_list').select(
    'id',
    'version',
    'digest',
    composer.raw(`document::jsonb #>> '{title,zh}' AS "titleZh", document::jsonb #>> '{title,en}' AS "titleEn",
      document::jsonb ->> 'source' AS source, jsonb_array_length(document::jsonb -> 'entries') AS codes,
      ${momentOf('registered_at')} AS moment`),
  );
  if (after !== undefined)
    query.whereRaw("(id, version) > (split_part(?, '@', 1), split_part(?, '@', 2))", [after, after]);
  narrowed(query, { id });
  const rows = await rowsOf<Omit<CodeListSummary, 'registeredAt'> & { readonly moment: string }>(
    reader,
    query.orderBy(['id', 'version']).limit(most),
  );
  return rows.map(({ moment, ...row }) => ({ ...row, registeredAt: readMoment(moment) }));
}

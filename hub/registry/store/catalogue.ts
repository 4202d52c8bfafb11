/** Entries of the catalogue (目录条目), each a row a revision. */
import type { Reader } from '../../platform/database/reader.ts';

export interface CatalogueRow {
  /** `<department>.<slug>` */
  readonly id: string;
  readonly revision: number;
  readonly department: string;
  readonly document: object;
  readonly digest: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly category: string;
  readonly sharing: string;
  readonly datasets: readonly string[];
}

/** What is derived of it and its datasets. */
export interface CatalogueSearch {
  readonly words: string;
  readonly grams: readonly string[];
  /** the titles alone, as `words` and `grams` have them */
  readonly titleWords: string;
  readonly titleGrams: readonly string[];
  readonly tags: readonly string[];
}

export const catalogueColumns =
  'id, revision, department, document, digest, title_zh AS "titleZh", title_en AS "titleEn", category, sharing, datasets';

/** The live revision. */
export async function catalogueEntry(reader: Reader, id: string): Promise<CatalogueRow | undefined> {
  const { rows } = await reader.query<CatalogueRow>(
    `SELECT ${catalogueColumns} FROM catalogue_entry WHERE id = $1 AND NOT superseded`,
    [id],
  );
  return rows[0];
}

/** The live revisions of several, in no order. */
export async function catalogueEntries(reader: Reader, ids: readonly string[]): Promise<CatalogueRow[]> {
  const { rows } = await reader.query<CatalogueRow>(
    `SELECT ${catalogueColumns} FROM catalogue_entry WHERE id = ANY ($1) AND NOT superseded`,
    [ids],
  );
  return rows;
}

/** Live entries that a dataset is linked to. */
export async function entriesOfDataset(reader: Reader, dataset: string): Promise<CatalogueRow[]> {
  const { rows } = await reader.query<CatalogueRow>(
    `SELECT ${catalogueColumns} FROM catalogue_entry WHERE datasets @> ARRAY[$1] AND NOT superseded ORDER BY id`,
    [dataset],
  );
  return rows;
}

/** Whether those that link a dataset, where any do, each say that it is shared unconditionally. */
export const opens = (entries: readonly Pick<CatalogueRow, 'sharing'>[]): boolean =>
  entries.length > 0 && entries.every(({ sharing }) => sharing === 'unconditional');

/** Whether its live entries open a dataset. */
export const isOpened = async (reader: Reader, dataset: string): Promise<boolean> =>
  opens(await entriesOfDataset(reader, dataset));

/** Live entries of other departments that offer every one of these semantic tags. */
export async function sameTags(
  reader: Reader,
  department: string,
  tags: readonly string[],
): Promise<Pick<CatalogueRow, 'id' | 'department'>[]> {
  const { rows } = await reader.query<Pick<CatalogueRow, 'id' | 'department'>>(
    'SELECT id, department FROM catalogue_entry WHERE department <> $1 AND tags @> $2 AND NOT superseded ORDER BY id LIMIT 20',
    [department, tags],
  );
  return rows;
}

/** Rows of one statement: those of an import are written a few at a time, with others let in between. */
const rowsAtOnce = 50;

/** Each next revision takes the place of the live one. @param hands two persons, which the table demands */
export async function insertEntries(
  reader: Reader,
  rows: readonly (CatalogueRow & CatalogueSearch)[],
  hands: { readonly author: string; readonly approver: string | null },
  exchange: string,
): Promise<void> {
  await reader.query('UPDATE catalogue_entry SET superseded = true WHERE id = ANY ($1) AND NOT superseded', [
    rows.map(({ id }) => id),
  ]);
  for (let from = 0; from < rows.length; from += rowsAtOnce)
    await insertSome(reader, rows.slice(from, from + rowsAtOnce), hands, exchange);
}

async function insertSome(
  ...[reader, rows, hands, exchange]: Parameters<typeof insertEntries>
): Promise<void> {
  await reader.query(
    `INSERT INTO catalogue_entry (id, revision, department, document, digest, title_zh, title_en, category, sharing, datasets,
       words, grams, title_words, title_grams, tags, author, approver, registered_by)
     SELECT r.id, r.revision, r.department, r.document, r.digest, r."titleZh", r."titleEn", r.category, r.sharing, r.datasets,
       r.words, r.grams, r."titleWords", r."titleGrams", r.tags, $2, $3, $4
       FROM jsonb_to_recordset($1::jsonb) AS r (id text, revision integer, department text, document jsonb, digest text,
         "titleZh" text, "titleEn" text, category text, sharing text, datasets text[], words text, grams text[],
         "titleWords" text, "titleGrams" text[], tags text[])`,
    [JSON.stringify(rows), hands.author, hands.approver, exchange],
  );
}

/** What is derived, anew. */
export async function deriveEntry(
  reader: Reader,
  { id, revision }: Pick<CatalogueRow, 'id' | 'revision'>,
  { words, grams, titleWords, titleGrams, tags }: CatalogueSearch,
): Promise<void> {
  await reader.query(
    'UPDATE catalogue_entry SET words = $3, grams = $4, title_words = $5, title_grams = $6, tags = $7 WHERE id = $1 AND revision = $2 AND NOT superseded',
    [id, revision, words, grams, titleWords, titleGrams, tags],
  );
}

/** Live entries after an id, in the order of ids. */
export async function liveEntriesAfter(reader: Reader, after: string, most: number): Promise<CatalogueRow[]> {
  const { rows } = await reader.query<CatalogueRow>(
    `SELECT ${catalogueColumns} FROM catalogue_entry WHERE id > $1 AND NOT superseded ORDER BY id LIMIT $2`,
    [after, most],
  );
  return rows;
}

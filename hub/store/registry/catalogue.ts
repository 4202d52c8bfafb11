/** Entries of the catalogue (目录条目), each a row a revision. */
import type { Reader } from '../database/reader.ts';

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

/** Live entries that a dataset is linked to. */
export async function entriesOfDataset(reader: Reader, dataset: string): Promise<CatalogueRow[]> {
  const { rows } = await reader.query<CatalogueRow>(
    `SELECT ${catalogueColumns} FROM catalogue_entry WHERE datasets @> ARRAY[$1] AND NOT superseded ORDER BY id`,
    [dataset],
  );
  return rows;
}

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

/** The next revision takes the place of the live one. @param hands two persons, which the table demands */
export async function insertEntry(
  reader: Reader,
  row: CatalogueRow & CatalogueSearch,
  hands: { readonly author: string; readonly approver: string | null },
  exchange: string,
): Promise<void> {
  await reader.query('UPDATE catalogue_entry SET superseded = true WHERE id = $1 AND NOT superseded', [
    row.id,
  ]);
  await reader.query(
    `INSERT INTO catalogue_entry (id, revision, department, document, digest, title_zh, title_en, category, sharing, datasets,
       words, grams, tags, author, approver, registered_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
    [
      ...[row.id, row.revision, row.department, JSON.stringify(row.document), row.digest],
      ...[row.titleZh, row.titleEn, row.category, row.sharing, row.datasets],
      ...[row.words, row.grams, row.tags, hands.author, hands.approver, exchange],
    ],
  );
}

/** What is derived, anew. */
export async function deriveEntry(
  reader: Reader,
  { id, revision }: Pick<CatalogueRow, 'id' | 'revision'>,
  { words, grams, tags }: CatalogueSearch,
): Promise<void> {
  await reader.query(
    'UPDATE catalogue_entry SET words = $3, grams = $4, tags = $5 WHERE id = $1 AND revision = $2 AND NOT superseded',
    [id, revision, words, grams, tags],
  );
}

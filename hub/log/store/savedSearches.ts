/** Saved searches of the log, by the name that a person gave them. */
import { sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import type { Reader } from '../../platform/database/reader.ts';

export interface SavedSearchRow {
  readonly name: string;
  /** JSON of the question */
  readonly question: string;
}

/** Replaces one of the same name. */
export async function saveSearch(
  reader: Reader,
  person: string,
  { name, question }: SavedSearchRow,
): Promise<void> {
  await reader.query(
    `INSERT INTO saved_search (person, name, question) VALUES ($1, $2, $3)
     ON CONFLICT (person, name) DO UPDATE SET question = EXCLUDED.question`,
    [person, name, question],
  );
}

export const savedSearches = (reader: Reader, person: string): Promise<SavedSearchRow[]> =>
  sealedRows<SavedSearchRow>(
    reader,
    'saved_search',
    'SELECT name, question FROM saved_search WHERE person = $1 ORDER BY name',
    [person],
  );

/** @returns false if there is none of that name */
export async function dropSearch(reader: Reader, person: string, name: string): Promise<boolean> {
  const { rowCount } = await reader.query('DELETE FROM saved_search WHERE person = $1 AND name = $2', [
    person,
    name,
  ]);
  return rowCount === 1;
}

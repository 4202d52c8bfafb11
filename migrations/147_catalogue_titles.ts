/**
 * Titles of the catalogue are searched by words and pairs of characters of their own: what stands in a title comes first, and is found without
 * the rest. What entries are narrowed by is a column, of which the database knows how often a value occurs.
 */
import type { Knex } from 'knex';

const columns = `
ALTER TABLE catalogue_entry
  ADD COLUMN title_words text NOT NULL DEFAULT '',
  ADD COLUMN title_grams text[] NOT NULL DEFAULT '{}',
  ADD COLUMN update_frequency text GENERATED ALWAYS AS (document ->> 'updateFrequency') STORED,
  ADD COLUMN data_class text GENERATED ALWAYS AS (document ->> 'dataClass') STORED;
`;
// the pairs of a text hold those of its title: they are the ones that stand in it
const grams = `
UPDATE catalogue_entry SET title_grams = ARRAY(SELECT gram FROM unnest(grams) AS gram WHERE position(gram IN title_words) > 0);
ALTER TABLE catalogue_entry ALTER COLUMN title_words DROP DEFAULT, ALTER COLUMN title_grams DROP DEFAULT;
CREATE INDEX catalogue_entry_title_grams ON catalogue_entry USING gin (title_grams) WHERE NOT superseded;
GRANT UPDATE (title_words, title_grams) ON catalogue_entry TO datong_app;
`;

/** As search has it: letters and digits, small, in one form, a space between. */
const words = (text: string): string =>
  (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  ).join(' ');

export async function up(knex: Knex): Promise<void> {
  await knex.raw(columns);
  const { rows } = await knex.raw<{
    rows: { id: string; revision: number; title_zh: string; title_en: string }[];
  }>('SELECT id, revision, title_zh, title_en FROM catalogue_entry');
  const titles = rows.map(({ id, revision, title_zh, title_en }) => ({
    ...{ id, revision, title: words(`${title_zh} ${title_en}`) },
  }));
  await knex.raw(
    `UPDATE catalogue_entry AS e SET title_words = t.title
       FROM jsonb_to_recordset(?::jsonb) AS t (id text, revision integer, title text) WHERE e.id = t.id AND e.revision = t.revision`,
    [JSON.stringify(titles)],
  );
  await knex.raw(grams);
}

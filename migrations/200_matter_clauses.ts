/** Matters that were registered before are found by the clause of their law too. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    UPDATE matter SET words = words || ' ' ||
           lower(regexp_replace(normalize(document -> 'basis' ->> 'clause', NFKC), '[[:space:][:punct:]，。、；：（）《》“”]+', ' ', 'g'))
     WHERE coalesce(document -> 'basis' ->> 'clause', '') <> '';
  `);
}

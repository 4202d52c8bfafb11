/** Which entries of the catalogue a proposal would change, so that it is seen at each of them. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE proposal ADD COLUMN entries text[] NOT NULL DEFAULT '{}';
    UPDATE proposal SET entries = ARRAY[split_part(name, '@', 1)] WHERE kind = 'CatalogueEntry' AND state = 'waiting';
    CREATE INDEX proposal_entries ON proposal USING gin (entries) WHERE state = 'waiting';
  `);
}

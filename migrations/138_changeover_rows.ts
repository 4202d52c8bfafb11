/** A dataset whose rows are merged by key goes over to a new major version by its rows as they stand: which mapping reads them. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  // name of one of the changeover's mappings; null where stored bytes are read
  await knex.raw('ALTER TABLE changeover ADD COLUMN rows_by text');
}

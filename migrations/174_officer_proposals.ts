/** What the security officer alone accepts: a dataset that goes over to a version under which less is guarded. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE proposal ADD COLUMN needs_officer boolean NOT NULL DEFAULT false');
}

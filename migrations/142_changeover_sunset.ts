/** The day up to which a dataset that goes over to another major version answers under the one before: agreed at its beginning, told in every reply. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE changeover ADD COLUMN sunset date');
}

/** Two jobs are one now: what never runs again is not late. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`DELETE FROM job WHERE name IN ('indexEntries', 'fillBoard')`);
}

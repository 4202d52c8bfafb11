/** Live datasets: their rows stay with their provider. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE dataset DROP CONSTRAINT dataset_mode_check;
    ALTER TABLE dataset ADD CONSTRAINT dataset_mode_check CHECK (mode IN ('snapshot', 'upsert', 'live'));
  `);
}

/** How sure the department was of whom it brought to her own page; sessions opened before say nothing of it. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE own_session ADD COLUMN assurance text CHECK (assurance IN ('substantial', 'high'));
  `);
}

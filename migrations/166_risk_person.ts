/** A finding may be about a member of staff, who asked the log about many: she does not acknowledge what is about herself. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE risk ADD COLUMN person text, ADD CHECK (acknowledged_by <> person)
  `);
}

/**
 * Evidence that somebody asked for and nobody has released is refused when her time ends, also where she ends it herself: what two persons
 * decide is that it is handed out.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE evidence DROP CONSTRAINT evidence_check;
    ALTER TABLE evidence ADD CONSTRAINT evidence_two_persons CHECK (state = 'refused' OR answered_by <> asked_by);
  `);
}

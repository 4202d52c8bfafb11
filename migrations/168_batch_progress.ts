/** How far the translation of a batch is, so that whoever waits for it sees it move, whichever process she asks. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE batch ADD COLUMN progress jsonb');
}

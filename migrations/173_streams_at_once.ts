/** What an agreement's `streamsAtOnce` counts: streams of one department on one dataset for one purpose, at whichever process. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE release_stream ADD COLUMN counter text');
}

import type { Knex } from 'knex';

/** Rows of a batch that were let in although their reader had a doubt; null where there were none. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE batch ADD COLUMN doubted bigint');
}

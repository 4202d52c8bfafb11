import type { Knex } from 'knex';

/** What a batch looked like when it was published or held (质量概况): shares of empty and of distinct values by field, rows that repeated a key. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE batch ADD COLUMN profile jsonb');
}

import type { Knex } from 'knex';

/** A submission keeps the name of its file as whoever sent it wrote it, so that it is found again in a list. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE batch ADD COLUMN file_name text');
}

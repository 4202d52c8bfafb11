import type { Knex } from 'knex';

/** The code page that a `.cpg` file beside a DBF table names, as whoever sent the table read it there. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE batch ADD COLUMN code_page text');
}

/** A root may be accepted anew: the newest acceptance counts, and each is one row, known by its entry. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(
    'ALTER TABLE authority_root_accepted DROP CONSTRAINT authority_root_accepted_pkey, ADD PRIMARY KEY (after, pin, exchange)',
  );
}

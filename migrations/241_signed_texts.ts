/**
 * What the root signed is known by its text, which nobody else can make: a row that took its number or its serial first keeps it out no more.
 * The digest is the database's own, or whoever may insert could take that of a text to come.
 */
import type { Knex } from 'knex';

const sha256Of = (column: string): string =>
  // as bytes of the text whatever stands in it: a backslash is an escape to the cast
  `sha256(replace(${column}, '\\', '\\\\')::bytea)`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    DELETE FROM authority_root_list l USING authority_root_list e
     WHERE e.root = l.root AND e.list = l.list AND e.number < l.number;
    ALTER TABLE authority_root_list
      DROP CONSTRAINT authority_root_list_pkey,
      ADD COLUMN digest bytea GENERATED ALWAYS AS (${sha256Of('list')}) STORED,
      ADD PRIMARY KEY (root, digest);
    ALTER TABLE authority_intermediate
      DROP CONSTRAINT authority_intermediate_pkey,
      DROP CONSTRAINT authority_intermediate_certificate_key,
      ADD COLUMN digest bytea GENERATED ALWAYS AS (${sha256Of('certificate')}) STORED,
      ADD PRIMARY KEY (root, digest);
  `);
}

/** Another root of the authority: which one two persons accepted, and which came after which; what one signed stands apart from the others. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- the roots behind the first, as they took over
    CREATE TABLE authority_root (
      nth      bigint PRIMARY KEY CHECK (nth > 0),
      pin      text NOT NULL,
      exchange uuid NOT NULL
    );
    -- what may follow the nth root, until one has
    CREATE TABLE authority_root_accepted (
      after    bigint NOT NULL,
      pin      text NOT NULL,
      exchange uuid NOT NULL,
      PRIMARY KEY (after, pin)
    );
    GRANT SELECT, INSERT ON authority_root, authority_root_accepted TO datong_app;
    -- of which root it is; 0: of the first
    ALTER TABLE authority_intermediate ADD COLUMN root bigint NOT NULL DEFAULT 0;
    ALTER TABLE authority_root_list ADD COLUMN root bigint NOT NULL DEFAULT 0;
    ALTER TABLE authority_root_list DROP CONSTRAINT authority_root_list_pkey, ADD PRIMARY KEY (root, number);
  `);
}

/** The intermediate authorities that came after a hub's first, and the newest lists of its root: every process learns of them here. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE authority_intermediate (
      serial      text PRIMARY KEY,
      certificate text NOT NULL UNIQUE,
      -- of its entry; null: it came back from a key folder, into an archive from before it
      exchange    uuid
    );
    CREATE TABLE authority_root_list (
      number   bigint PRIMARY KEY CHECK (number > 0),
      list     text NOT NULL,
      exchange uuid
    );
    GRANT SELECT, INSERT ON authority_intermediate, authority_root_list TO datong_app;
    -- serial of the authority that issued it, on whose list its revocation stands; null: the hub's first
    ALTER TABLE certificate ADD COLUMN issuer text;
  `);
}

/**
 * Which exchanges the destroyed entries of the log were of, as keyed marks alone: whoever asks for one of his own by its id is told that it
 * was destroyed, and nobody can read from here whose there were.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE destroyed_exchange (
      -- of the exchange's id, under a key that is not in the database
      mark    bytea PRIMARY KEY CHECK (octet_length(mark) = 16),
      -- of its entry
      idx     bigint NOT NULL,
      -- of those who may be told, eight bytes each
      parties bytea NOT NULL CHECK (octet_length(parties) % 8 = 0)
    );
    GRANT SELECT, INSERT ON destroyed_exchange TO datong_app;
  `);
}

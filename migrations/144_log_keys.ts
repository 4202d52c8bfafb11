/** By which statements, signed by the old key and the new one, the log changed its key. Public: anchors.json brings them. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE log_key_rotation (
      next_key   text PRIMARY KEY,
      old_key    text NOT NULL UNIQUE,
      -- the smallest tree that only the new key signs
      from_size  bigint NOT NULL CHECK (from_size > 0),
      statement  text NOT NULL UNIQUE,
      -- of its entry; null: it came back from a key folder, into an archive from before it
      exchange   uuid,
      rotated_at timestamptz,
      CHECK (next_key <> old_key)
    );
    GRANT SELECT, INSERT ON log_key_rotation TO datong_app;
  `);
}

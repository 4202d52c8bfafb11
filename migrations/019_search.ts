import type { Knex } from 'knex';

/**
 * Where an entry's words stand: an index beside the log, derived from the leaves by a job, so that no append waits for it. A chunk is
 * 1,024 entries; `places` says which of them hold the term, as two bytes each or, from 64 on, as a bitmap of 128 bytes.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE audit_posting (
      -- first eight bytes of SHA-256(dimension ‖ 0 ‖ value)
      term bigint NOT NULL,
      chunk integer NOT NULL,
      places bytea NOT NULL,
      PRIMARY KEY (term, chunk)
    );
    -- chunks that are indexed, and the times of their entries
    CREATE TABLE audit_posted (
      chunk integer PRIMARY KEY,
      first_at timestamptz NOT NULL,
      last_at timestamptz NOT NULL
    );
    -- the values of the few dimensions that counts are made by
    CREATE TABLE audit_word (
      dimension text NOT NULL,
      value text NOT NULL,
      PRIMARY KEY (dimension, value)
    );
    GRANT SELECT, INSERT, UPDATE ON audit_posting, audit_posted TO datong_app;
    GRANT SELECT, INSERT ON audit_word TO datong_app;
  `);
}

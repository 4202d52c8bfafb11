/** Rows of live datasets that failed validation: what is wrong with each, and sealed what it said, for its way back to the provider. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE live_quarantine (
      nth      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      dataset  text NOT NULL,
      -- keyed hash of the row: the same one stands once, however often it came
      digest   bytea NOT NULL,
      -- the newest exchange that it came with, and its place in the answer
      exchange uuid NOT NULL,
      place    integer NOT NULL,
      times    integer NOT NULL DEFAULT 1,
      problems jsonb NOT NULL,
      sealed   bytea NOT NULL,
      seen_at  timestamptz NOT NULL,
      UNIQUE (dataset, digest)
    );
    CREATE INDEX live_quarantine_seen ON live_quarantine (seen_at);
    GRANT SELECT, INSERT, UPDATE, DELETE ON live_quarantine TO datong_app;
  `);
}

/**
 * Rows as files that are made in the background: who asked for which, how far it is, and the sealed bytes, which are in no backup. The row
 * goes when its time is over, and the bytes with it.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE release_export (
      -- the exchange that asked for it
      id uuid PRIMARY KEY,
      department text NOT NULL,
      dataset text NOT NULL,
      format text NOT NULL CHECK (format IN ('ndjson', 'csv', 'xlsx')),
      state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'making', 'ready', 'failed')),
      -- why it failed
      code text CHECK ((code IS NULL) = (state <> 'failed')),
      -- of the request that asked for it: SHA-256 of its signature, and what it asked, sealed
      request text NOT NULL,
      asked bytea NOT NULL,
      -- SHA-256 of the terms that it is made under
      terms bytea NOT NULL,
      parts integer NOT NULL DEFAULT 0,
      rows bigint NOT NULL DEFAULT 0,
      bytes bigint NOT NULL DEFAULT 0,
      manifest text CHECK ((manifest IS NULL) = (state <> 'ready')),
      expires timestamptz NOT NULL
    );
    CREATE INDEX release_export_department ON release_export (department);
    CREATE INDEX release_export_waiting ON release_export (id) WHERE state IN ('waiting', 'making');
    CREATE INDEX release_export_expires ON release_export (expires);
    CREATE TABLE release_export_chunk (
      export uuid NOT NULL REFERENCES release_export ON DELETE CASCADE,
      at bigint NOT NULL,
      bytes integer NOT NULL,
      sealed bytea NOT NULL,
      PRIMARY KEY (export, at)
    );
    ALTER TABLE release_export_chunk ALTER COLUMN sealed SET STORAGE EXTERNAL;
    GRANT SELECT, INSERT, UPDATE, DELETE ON release_export, release_export_chunk TO datong_app;
  `);
}

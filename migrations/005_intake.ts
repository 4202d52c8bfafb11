import type { Knex } from 'knex';

/**
 * Submissions: batches, their sealed parts, the rows that failed. The rows themselves lie in tables of the schema `rows`,
 * one a batch (snapshot) or one a dataset (upsert), made from the dataset's JSON Schema when the first batch comes.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE SCHEMA rows;
    GRANT USAGE ON SCHEMA rows TO datong_app;

    CREATE TABLE batch (
      id uuid PRIMARY KEY,
      dataset text NOT NULL,
      department text NOT NULL,
      state text NOT NULL,
      bytes bigint NOT NULL DEFAULT 0,
      sha256 text,
      mapping text,
      mapping_digest text,
      schema_urn text,
      records bigint,
      rows_ok bigint,
      rows_bad bigint,
      skipped bigint,
      -- code of the problem a failed or held batch stands at
      problem text,
      same_as uuid,
      opened_at timestamptz NOT NULL DEFAULT now(),
      finished_at timestamptz,
      -- who translates this batch now, and until when nobody else may; a crashed hub's lease runs out
      lease_owner uuid,
      lease_until timestamptz,
      -- the exchange whose entry tells the outcome, and its receipt where the reply had already left
      exchange uuid,
      receipt text
    );
    CREATE INDEX batch_of_dataset ON batch (dataset, opened_at DESC);
    CREATE INDEX batch_unfinished ON batch (lease_until) WHERE state = 'checking';

    -- raw bytes as they came, sealed with the hub's sealing key; "at" is the offset of the first byte
    CREATE TABLE batch_part (
      batch uuid NOT NULL REFERENCES batch ON DELETE CASCADE,
      at bigint NOT NULL,
      bytes integer NOT NULL CHECK (bytes > 0),
      sha256 bytea NOT NULL,
      sealed bytea NOT NULL,
      PRIMARY KEY (batch, at)
    );
    ALTER TABLE batch_part ALTER COLUMN sealed SET STORAGE EXTERNAL;

    -- one record that failed: problems name line, column, header, rule and the class of the value; the raw fields are sealed
    CREATE TABLE quarantine (
      batch uuid NOT NULL REFERENCES batch ON DELETE CASCADE,
      nth bigint NOT NULL,
      line bigint NOT NULL,
      problems jsonb NOT NULL,
      sealed bytea NOT NULL,
      PRIMARY KEY (batch, nth)
    );

    GRANT SELECT, INSERT, UPDATE, DELETE ON batch, batch_part, quarantine TO datong_app;
  `);
}

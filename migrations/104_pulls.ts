import type { Knex } from 'knex';

/**
 * Pulls (定时抽取): from which database of a department a dataset is filled by itself, and each run. The password and the place a run came to
 * are sealed. Whether a place counts follows from the state of the run's batch, so nothing has to be moved when the batch is published.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE pull (
      dataset  text PRIMARY KEY REFERENCES dataset (id),
      document jsonb NOT NULL,
      secret   bytea NOT NULL,
      digest   text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
      author   text NOT NULL REFERENCES person (id),
      approver text NOT NULL REFERENCES person (id) CHECK (approver <> author),
      exchange uuid NOT NULL,
      set_at   timestamptz NOT NULL,
      asked_at timestamptz,
      ended_by text REFERENCES person (id)
    );
    CREATE TABLE pull_run (
      id       uuid PRIMARY KEY,
      dataset  text NOT NULL REFERENCES pull (dataset),
      reading  text NOT NULL CHECK (reading ~ '^[0-9a-f]{64}$'),
      period   text NOT NULL,
      begun_at timestamptz NOT NULL,
      ended_at timestamptz,
      outcome  text,
      complete boolean NOT NULL DEFAULT false,
      batch    uuid,
      rows     bigint NOT NULL DEFAULT 0,
      mark     bytea,
      CHECK ((ended_at IS NULL) = (outcome IS NULL))
    );
    CREATE INDEX pull_run_newest ON pull_run (dataset, begun_at DESC);
    GRANT SELECT, INSERT, UPDATE ON pull, pull_run TO datong_app;
  `);
}

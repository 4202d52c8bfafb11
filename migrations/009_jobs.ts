import type { Knex } from 'knex';

/**
 * What the hub does by itself. A row of `job` says when it is due, who does it now and until when nobody else may; `fencing` grows with
 * every taking, so that an act of one that was thought dead is refused in its transaction. `log_finding` holds what re-verification found.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE job (
      name text PRIMARY KEY,
      due timestamptz NOT NULL,
      owner uuid,
      lease_until timestamptz,
      fencing bigint NOT NULL DEFAULT 0,
      started_at timestamptz,
      finished_at timestamptz,
      -- when it last ended without a failure
      succeeded_at timestamptz,
      -- 'ok', or the code of the problem it ended with
      outcome text,
      -- where the next run goes on, in the job's own words
      state jsonb
    );

    -- "index" is the entry, null where the finding is of the whole log; "pass" is the reading in which it was last seen
    CREATE TABLE log_finding (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      code text NOT NULL,
      index bigint,
      found_at timestamptz NOT NULL,
      pass bigint NOT NULL,
      -- the finding as it is told, without values of rows
      finding jsonb NOT NULL,
      -- the exchange whose entry tells it
      exchange uuid NOT NULL,
      UNIQUE NULLS NOT DISTINCT (code, index)
    );

    ALTER TABLE batch ADD COLUMN superseded_at timestamptz;
    -- sealed bytes and quarantined rows were destroyed
    ALTER TABLE batch ADD COLUMN raw_gone_at timestamptz;
    UPDATE batch SET superseded_at = finished_at WHERE state = 'superseded';
    CREATE INDEX batch_open ON batch (department, opened_at) WHERE state = 'receiving';
    CREATE INDEX batch_with_raw_bytes ON batch (finished_at) WHERE raw_gone_at IS NULL AND finished_at IS NOT NULL;

    GRANT SELECT, INSERT, UPDATE ON job TO datong_app;
    GRANT SELECT, INSERT, UPDATE, DELETE ON log_finding TO datong_app;
  `);
}

import type { Knex } from 'knex';

/**
 * Held batches wait for a person. `findings` are the guards that stopped a batch (hub/domain/guards.ts); `warned` counts cells worth a look;
 * `approved_by` is the person who let it in or put it back;
 * `corrects` names the batch whose good rows come with the mended ones of this one. A proposal is the first of two persons' word.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE batch ADD COLUMN warned bigint, ADD COLUMN findings jsonb, ADD COLUMN held_until timestamptz,
      ADD COLUMN published_at timestamptz, ADD COLUMN approved_by text, ADD COLUMN corrects uuid;
    UPDATE batch SET published_at = finished_at WHERE state IN ('published', 'superseded') AND same_as IS NULL;
    CREATE INDEX batch_held ON batch (held_until) WHERE state = 'held';
    CREATE INDEX batch_bytes ON batch (sha256) WHERE published_at IS NOT NULL;

    -- what the dataset asks of its submissions (hub/domain/intakeRules.ts), as far as it differs from the defaults
    ALTER TABLE dataset ADD COLUMN intake jsonb NOT NULL DEFAULT '{}';

    CREATE TABLE batch_proposal (
      batch       uuid NOT NULL REFERENCES batch ON DELETE CASCADE,
      act         text NOT NULL CHECK (act IN ('release', 'restore')),
      proposed_by text NOT NULL,
      reason      text NOT NULL,
      exchange    uuid NOT NULL,
      proposed_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (batch, act)
    );
    GRANT SELECT, INSERT, UPDATE, DELETE ON batch_proposal TO datong_app;
  `);
}

/**
 * Feeds of changes: what each consumer holds of a dataset, row by row, told by keyed hashes. A change is what differs from it; nothing of a
 * row is stored but its key, sealed, so that it can be looked for when it is gone.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- grows when rows go otherwise than by a batch
    ALTER TABLE dataset ADD COLUMN deletions bigint NOT NULL DEFAULT 0;
    GRANT UPDATE (deletions) ON dataset TO datong_app;

    CREATE TABLE change_feed (
      -- whose calls it is: agreement, consumer, purpose and dataset
      counter      text PRIMARY KEY,
      -- the exchange that began it; begun anew, it has another
      id           uuid NOT NULL UNIQUE,
      department   text NOT NULL,
      dataset      text NOT NULL,
      -- grows with every answer: of two calls at once one is decided again
      turn         bigint NOT NULL,
      -- the exchange whose answer the consumer holds, and how far its round had come with it
      acknowledged uuid,
      place        jsonb NOT NULL,
      -- the newest answer, and how far the round had come with that
      told         uuid NOT NULL,
      told_place   jsonb NOT NULL,
      asked_at     timestamptz NOT NULL
    );
    CREATE INDEX change_feed_asked ON change_feed (asked_at);

    -- what the consumer said that it holds
    CREATE TABLE change_held (
      feed    uuid NOT NULL,
      -- keyed hash of the key, which names the row to the consumer
      row     bytea NOT NULL,
      -- keyed hash of what left of it, masked
      digest  bytea NOT NULL,
      key     bytea NOT NULL,
      subject bytea,
      PRIMARY KEY (feed, row)
    );
    -- what the newest answer told; a row that is gone has no digest
    CREATE TABLE change_told (
      feed    uuid NOT NULL,
      row     bytea NOT NULL,
      digest  bytea,
      key     bytea CHECK ((key IS NULL) = (digest IS NULL)),
      subject bytea,
      PRIMARY KEY (feed, row)
    );
    -- feeds that ended: their rows go in portions
    CREATE TABLE change_feed_left (feed uuid PRIMARY KEY);
    GRANT SELECT, INSERT, UPDATE, DELETE ON change_feed, change_held, change_told, change_feed_left TO datong_app;
  `);
}

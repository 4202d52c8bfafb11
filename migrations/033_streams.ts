/**
 * Streams under way: whoever opens one keeps its lease, and what a process that died left open is closed in the log by another. A row goes
 * with the entry that ends its stream.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE release_stream (
      -- the exchange that opened it
      id uuid PRIMARY KEY,
      department text NOT NULL,
      -- what its first entry said of the exchange, for its last
      facts jsonb NOT NULL,
      lease_until timestamptz NOT NULL
    );
    CREATE INDEX release_stream_department ON release_stream (department);
    CREATE INDEX release_stream_lease ON release_stream (lease_until);
    GRANT SELECT, INSERT, UPDATE, DELETE ON release_stream TO datong_app;
  `);
}

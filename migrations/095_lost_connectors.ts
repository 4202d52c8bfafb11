/** Connections of providers are leased like streams: what a process that died left open is closed in the log by another. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE release_stream ADD COLUMN kind text NOT NULL DEFAULT 'stream' CHECK (kind IN ('stream', 'connector'));
  `);
}

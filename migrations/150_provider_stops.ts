/**
 * When a provider's stop of an agreement began to count: it ends by itself after five working days, unless the data office stops the
 * agreement too. Who lifts a stop and stops again goes on with the days of the one before. Stops that stand already begin to count now.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE provider_stop (
      agreement text PRIMARY KEY,
      first     timestamptz NOT NULL
    );
    INSERT INTO provider_stop (agreement, first)
      SELECT DISTINCT id, now() FROM policy_document WHERE stopped_provider IS NOT NULL AND state = 'suspended';
    GRANT SELECT, INSERT, UPDATE ON provider_stop TO datong_app;
  `);
}

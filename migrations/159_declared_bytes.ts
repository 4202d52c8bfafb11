/**
 * What an open batch says it will bring, so that files which fit the disk alone and not together are not both begun; and when its last part
 * came, so that a batch whose sender has gone keeps no room from others.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE batch ADD COLUMN declared bigint CHECK (declared >= 0), ADD COLUMN moved_at timestamptz NOT NULL DEFAULT now();
    CREATE INDEX batch_under_way ON batch (state) WHERE state IN ('receiving', 'checking');
  `);
}

/**
 * Stored bytes of a file go when the oldest of its rows are not kept any more: which period that is, where rows stand apart by period; null once
 * the bytes are gone.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE batch ADD COLUMN oldest_period text;
    CREATE INDEX batch_oldest_period ON batch (dataset, oldest_period) WHERE oldest_period IS NOT NULL;
  `);
}

/**
 * Rows of datasets that keep them by period go a period at a time. What is kept of that: of each batch how many of its rows went, with which
 * entry, so that a batch can say how many of its rows are left to be found.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE period_destruction (
      dataset  text NOT NULL REFERENCES dataset,
      period   text NOT NULL,
      batch    uuid NOT NULL,
      rows     bigint NOT NULL CHECK (rows > 0),
      exchange uuid NOT NULL,
      PRIMARY KEY (dataset, exchange, batch)
    );
    CREATE INDEX period_destruction_batch ON period_destruction (batch);
    GRANT SELECT, INSERT ON period_destruction TO datong_app;
  `);
}

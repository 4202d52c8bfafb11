/**
 * How many periods of a dataset went stands beside it: each page asks for the number, and counting what was kept of them took longer with
 * every period and every batch.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE dataset ADD COLUMN periods_gone bigint NOT NULL DEFAULT 0;
    GRANT UPDATE (periods_gone) ON dataset TO datong_app;
    UPDATE dataset AS d SET periods_gone = told.n
      FROM (SELECT dataset, count(DISTINCT exchange) AS n FROM period_destruction GROUP BY dataset) AS told
     WHERE told.dataset = d.id;
  `);
}

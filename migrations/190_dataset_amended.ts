/**
 * What a dataset says of itself can be amended: its title, its rules of intake, and how long the raw bytes and quarantined rows of batches
 * that are not current any more are kept (`raw_days`; NULL: as long as the hub says). `expects_from`: files are expected from then on, where
 * nobody waited for one before.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE dataset ADD COLUMN raw_days integer CHECK (raw_days BETWEEN 1 AND 3650), ADD COLUMN expects_from timestamptz;
    GRANT UPDATE (title_zh, title_en, intake, raw_days, expects_from) ON dataset TO datong_app;
  `);
}

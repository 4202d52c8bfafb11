import type { Knex } from 'knex';

/**
 * What further guards hold a batch against: `control` are the totals its sender declared (对账文件), `file_columns` the headings of its file,
 * `ranges` between which round numbers the values of each field lie. `deletions` counts its rows that ask for the deletion of their key.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE batch ADD COLUMN control jsonb, ADD COLUMN file_columns text[], ADD COLUMN ranges jsonb, ADD COLUMN deletions bigint;
    CREATE INDEX batch_published ON batch (dataset, published_at DESC) WHERE published_at IS NOT NULL;
  `);
}

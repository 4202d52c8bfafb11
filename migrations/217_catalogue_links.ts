/**
 * Which entries link a dataset is asked at every page of datasets: after an import of thousands each look would go through all that the index
 * has not taken in yet. So it takes them in at once.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER INDEX catalogue_entry_datasets SET (fastupdate = off);
    SELECT gin_clean_pending_list('catalogue_entry_datasets');
  `);
}

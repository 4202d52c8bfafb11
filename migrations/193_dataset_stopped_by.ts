/** Since when a dataset is suspended or retired, and by whose entry: `decided_by` is also that of a later move to another version, which a suspended one may have made. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- the entry that suspended or retired it; null: it is in use, or nobody wrote it down
    ALTER TABLE dataset ADD COLUMN stopped_by uuid;
    UPDATE dataset SET stopped_by = decided_by WHERE state = 'retired'; -- that is moved no more
    GRANT UPDATE (stopped_by) ON dataset TO datong_app;
  `);
}

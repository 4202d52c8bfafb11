/** How a dataset is shared (共享类型, 共享条件) is said by the catalogue entry that links it, and follows its revisions. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw('GRANT UPDATE (sharing, conditions) ON dataset TO datong_app');
}

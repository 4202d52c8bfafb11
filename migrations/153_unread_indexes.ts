/**
 * Two indexes of the log that nothing reads since searches go by the index beside it (019): each append paid for them, and each entry lay in
 * them with 75 bytes.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw('DROP INDEX audit_entry_provider; DROP INDEX audit_entry_denied');
}

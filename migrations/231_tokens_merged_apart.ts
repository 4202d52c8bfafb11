/**
 * What is new in the index of tokens stands in a list until it is merged. With the usual 4 MB whoever appended the 120,000th token merged it,
 * a quarter of a second in which nobody else appended. A job merges it now, and the list has room for what comes between two of its turns.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  // kB
  await knex.raw('ALTER INDEX audit_subject_tokens SET (gin_pending_list_limit = 32768)');
}

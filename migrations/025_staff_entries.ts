/** Entries that no department signed: what persons and the hub itself did, read whole when the policy in force is compared with the log. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw('CREATE INDEX audit_entry_unsigned ON audit_entry (idx) WHERE nonce IS NULL');
}

import type { Knex } from 'knex';

/**
 * Which keys this database was begun with: a digest of each lasting secret key (an HMAC under the key itself, so it tells nothing of it).
 * Processes with copied key folders compare theirs here; the first one that names a key decides.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE key_digest (
      name   text PRIMARY KEY,
      digest text NOT NULL,
      at     timestamptz NOT NULL DEFAULT now()
    );
    GRANT SELECT, INSERT ON key_digest TO datong_app;
  `);
}

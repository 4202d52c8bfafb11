/**
 * A notice is a text and the department whose word it is: before, whoever registered a text first held its digest, and the department that asks
 * persons could no longer register its own. A consent names the text by its digest, as its signature does; which departments' notices count
 * for it is checked when it is taken in.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE consent DROP CONSTRAINT consent_notice_fkey;
    ALTER TABLE consent_notice DROP CONSTRAINT consent_notice_pkey, ADD PRIMARY KEY (digest, owner);
    CREATE INDEX consent_notice_newest ON consent_notice (owner, language, registered_by);
  `);
}

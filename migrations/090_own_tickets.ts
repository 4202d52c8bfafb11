/**
 * Objections that a person makes on her own page: the identifier that her department's service proved lies sealed in her session, as long as
 * the session, for the ticket of which the provider has to find the row. Sessions that were opened without it are over.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    DELETE FROM own_session;
    ALTER TABLE own_session ADD COLUMN sealed_key bytea NOT NULL;
    ALTER TABLE ticket DROP CONSTRAINT ticket_origin_check;
    ALTER TABLE ticket ADD CONSTRAINT ticket_origin_check CHECK (origin IN ('department', 'counter', 'service', 'own'));
    CREATE INDEX ticket_subject ON ticket (subject, id) WHERE subject IS NOT NULL;
  `);
}

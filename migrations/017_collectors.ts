/** Which department asked for what stands: agreements name those whose consents count. And what was told of agreements that end. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE consent_standing ADD COLUMN collected_by text;
    UPDATE consent_standing AS s SET collected_by = c.collected_by FROM consent AS c WHERE c.id = s.consent;
    ALTER TABLE consent_standing ALTER COLUMN collected_by SET NOT NULL;

    CREATE TABLE agreement_warning (
      agreement text NOT NULL,
      version   integer NOT NULL,
      -- so many days ahead
      days      integer NOT NULL,
      -- the entry that told it
      exchange  uuid NOT NULL,
      PRIMARY KEY (agreement, version, days),
      FOREIGN KEY (agreement, version) REFERENCES policy_document (id, version)
    );
    GRANT SELECT, INSERT ON agreement_warning TO datong_app;
  `);
}

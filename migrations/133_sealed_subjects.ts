/**
 * The sealed list of whom an incident concerns: requests for evidence that hold log tokens under a key outside the database, until seven days
 * are over. Two persons open it.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE evidence
      -- how many persons or organisations a sealed list holds; null: it is evidence
      ADD COLUMN subjects int CHECK (subjects > 0),
      ADD COLUMN sealed bytea,
      ADD CHECK (sealed IS NULL OR subjects IS NOT NULL),
      ADD CHECK (subjects IS NULL OR tokens IS NOT NULL);
    CREATE INDEX evidence_sealed ON evidence (asked_at) WHERE sealed IS NOT NULL;
    GRANT UPDATE (subjects, sealed) ON evidence TO datong_app;
  `);
}

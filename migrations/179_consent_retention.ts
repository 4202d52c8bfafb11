/**
 * How long a person lets the recipient keep what it receives on her consent: an ISO 8601 period of whole days; null where she names none. The
 * column is new, so that there is nothing to validate: NOT VALID keeps the table from being read whole while nobody else may.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE consent_standing ADD COLUMN retention text;
    ALTER TABLE consent_standing
      ADD CONSTRAINT consent_standing_retention CHECK (retention ~ '^P[0-9YMWD]+$') NOT VALID;
  `);
}

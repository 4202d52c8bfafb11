/** How long a person lets the recipient keep what it receives on her consent: an ISO 8601 period of whole days; null where she names none. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE consent_standing ADD COLUMN retention text CHECK (retention ~ '^P[0-9YMWD]+$');
  `);
}

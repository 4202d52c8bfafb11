/**
 * A page under consent looks a thousand persons up at once, each by her keyed hash: of a million, a hash index finds one in two pages, the
 * primary key in four and after a score of comparisons.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE INDEX consent_standing_subject ON consent_standing USING hash (subject);
  `);
}

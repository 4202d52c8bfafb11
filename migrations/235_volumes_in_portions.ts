import type { Knex } from 'knex';

/**
 * A day of very many calls is judged in portions, and what departments got on it is the sum of all: each portion is a row by the index of its
 * first entry that was looked at, with the index behind the last entry that was read for it, so that no entry counts twice. Rows of before
 * (−1) are of a day as it was noted last.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE risk_volume ADD COLUMN first_entry bigint NOT NULL DEFAULT -1, ADD COLUMN behind_entry bigint NOT NULL DEFAULT -1;
    ALTER TABLE risk_volume ALTER COLUMN first_entry DROP DEFAULT, ALTER COLUMN behind_entry DROP DEFAULT;
    ALTER TABLE risk_volume DROP CONSTRAINT risk_volume_pkey, ADD PRIMARY KEY (day, first_entry, consumer);
    GRANT DELETE ON risk_volume TO datong_app;
  `);
}

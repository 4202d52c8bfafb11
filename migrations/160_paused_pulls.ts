/** A pull whose source is under maintenance waits until a day: by whom, since when and why. From the day behind it on it goes on by itself. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE pull ADD COLUMN paused_until date, ADD COLUMN paused_by text REFERENCES person (id), ADD COLUMN paused_at timestamptz,
      ADD COLUMN pause_reason text,
      ADD CHECK (num_nulls(paused_until, paused_by, paused_at, pause_reason) IN (0, 4))
  `);
}

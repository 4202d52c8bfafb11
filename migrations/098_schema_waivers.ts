/** What a version of a schema breaks knowingly, with what its stored rows said: agreed to by a second person and the security officer. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE schema_version
      ADD COLUMN waiver jsonb,
      ADD CONSTRAINT schema_version_waiver CHECK (waiver IS NULL OR needs_second AND needs_officer);
  `);
}

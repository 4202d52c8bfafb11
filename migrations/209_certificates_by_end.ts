/** Of a department the certificate that lasts longest is the first of its own stretch of an index, however often it was renewed. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE INDEX certificate_newest ON certificate (department, not_after DESC, serial) WHERE revoked_at IS NULL;
  `);
}

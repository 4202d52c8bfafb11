/**
 * What a person asks for of her data: that it is corrected, given to her as a copy, or deleted (个人信息保护法 §§45–47). Of copy and deletion
 * nothing is wrong with the data; only a correction is told with answers.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE ticket ADD COLUMN wish text NOT NULL DEFAULT 'correction' CHECK (wish IN ('correction', 'copy', 'deletion'));
    ALTER TABLE ticket ADD CHECK (wish = 'correction' OR (origin <> 'department' AND subject IS NOT NULL));
    DROP INDEX ticket_open;
    CREATE UNIQUE INDEX ticket_open ON ticket (opener, dataset, coalesce(field, ''), coalesce(subject, ''), coalesce(exchange::text, ''), wish)
      WHERE state = 'open';
  `);
}

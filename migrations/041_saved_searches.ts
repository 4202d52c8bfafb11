/** Searches of the log that a person keeps under a name: what is asked, never of whom. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE saved_search (
      person   text NOT NULL,
      name     text NOT NULL,
      question text NOT NULL,
      PRIMARY KEY (person, name)
    );
    GRANT SELECT, INSERT, UPDATE, DELETE ON saved_search TO datong_app;
  `);
}

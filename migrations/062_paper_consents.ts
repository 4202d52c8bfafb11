/** Consents on paper, taken over by two persons of the department that has the form; a form counts once. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE paper_consent (
      consent      text PRIMARY KEY REFERENCES consent (id),
      collector    text NOT NULL REFERENCES department (code),
      form         text NOT NULL,
      -- hex SHA-256
      scan         text NOT NULL UNIQUE,
      taken_on     date NOT NULL,
      taken_by     text NOT NULL REFERENCES person (id),
      confirmed_by text NOT NULL REFERENCES person (id) CHECK (confirmed_by <> taken_by),
      UNIQUE (collector, form)
    );
    GRANT SELECT, INSERT ON paper_consent TO datong_app;
  `);
}

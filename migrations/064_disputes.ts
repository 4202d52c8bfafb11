/**
 * Disputes (共享争议) about a request or a ticket: between the two departments, then before the data office, then the government. A dispute is what
 * was said; each act names the digest of its document and takes its number once.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE SEQUENCE dispute_number;
    CREATE TABLE dispute (
      id       text PRIMARY KEY,
      -- id of a request or of a ticket
      about    text NOT NULL,
      -- the department that raised it, and the other one
      raised   text NOT NULL REFERENCES department (code),
      other    text NOT NULL REFERENCES department (code),
      state    text NOT NULL
    );
    -- of one thing there is one dispute at a time
    CREATE UNIQUE INDEX dispute_open ON dispute (about) WHERE state NOT IN ('settled', 'closed');

    CREATE TABLE dispute_event (
      dispute  text NOT NULL REFERENCES dispute (id),
      seq      integer NOT NULL,
      act      text NOT NULL,
      person   text NOT NULL REFERENCES person (id),
      at       timestamptz NOT NULL,
      said     text NOT NULL,
      -- hex SHA-256
      document text NOT NULL,
      exchange uuid NOT NULL,
      PRIMARY KEY (dispute, seq)
    );

    GRANT SELECT, INSERT ON dispute, dispute_event TO datong_app;
    GRANT UPDATE (state) ON dispute TO datong_app;
    GRANT USAGE ON SEQUENCE dispute_number TO datong_app;
  `);
}

/** Approvals of an upper platform (上级平台批复) that agreements rest on; one is imported once. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE upper_approval (
      number    text NOT NULL,
      resource  text NOT NULL,
      -- hex SHA-256 of the approval as it was issued
      sha256    text NOT NULL,
      agreement text NOT NULL,
      version   integer NOT NULL,
      exchange  uuid NOT NULL,
      PRIMARY KEY (number, resource),
      FOREIGN KEY (agreement, version) REFERENCES policy_document (id, version)
    );
    GRANT SELECT, INSERT ON upper_approval TO datong_app;
  `);
}

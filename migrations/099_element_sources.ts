/**
 * 数源部门: which department an element (数据元) comes from, and which others may offer it too. A change is a further revision, taken by two
 * persons of the data office; the one before it is kept.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE element_source (
      -- a semantic tag
      element       text NOT NULL,
      revision      integer NOT NULL CHECK (revision > 0),
      department    text NOT NULL REFERENCES department (code),
      -- as it was registered
      document      jsonb NOT NULL,
      digest        text NOT NULL,
      -- others that may offer it
      also          text[] NOT NULL,
      superseded    boolean NOT NULL DEFAULT false,
      author        text NOT NULL REFERENCES person (id),
      approver      text NOT NULL REFERENCES person (id),
      registered_by uuid NOT NULL,
      registered_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (element, revision),
      CHECK (author <> approver)
    );
    CREATE UNIQUE INDEX element_source_live ON element_source (element) WHERE NOT superseded;

    GRANT SELECT, INSERT ON element_source TO datong_app;
    GRANT UPDATE (superseded) ON element_source TO datong_app;
  `);
}

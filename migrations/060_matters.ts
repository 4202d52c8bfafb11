/**
 * The register of matters (事项): what the city handles, which papers each asks for, and which fields stand in for them. A change is a
 * further revision, taken by two persons; the one before it is kept. An ended matter ends with a revision of its own.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE matter (
      code          text NOT NULL,
      revision      integer NOT NULL CHECK (revision > 0),
      -- as it was registered
      document      jsonb NOT NULL,
      digest        text NOT NULL,
      -- runs of letters and digits of what is searched
      words         text NOT NULL,
      departments   text[] NOT NULL,
      -- why it ended; null while it is handled
      ended         text,
      superseded    boolean NOT NULL DEFAULT false,
      author        text NOT NULL REFERENCES person (id),
      approver      text NOT NULL REFERENCES person (id),
      registered_by uuid NOT NULL,
      registered_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (code, revision),
      CHECK (author <> approver)
    );
    CREATE UNIQUE INDEX matter_live ON matter (code) WHERE NOT superseded;

    GRANT SELECT, INSERT ON matter TO datong_app;
    GRANT UPDATE (superseded) ON matter TO datong_app;
  `);
}

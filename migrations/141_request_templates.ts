/**
 * Templates of requests (申请模板), kept by the data office. A change is a further revision, taken by two persons; the one before it is kept. A
 * withdrawn template ends with a revision of its own.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE request_template (
      code          text NOT NULL,
      revision      integer NOT NULL CHECK (revision > 0),
      -- as it was registered
      document      jsonb NOT NULL,
      digest        text NOT NULL,
      -- whose data it asks for
      provider      text NOT NULL REFERENCES department (code),
      datasets      text[] NOT NULL,
      matters       text[] NOT NULL,
      -- why it was withdrawn; null while requests are begun from it
      withdrawn     text,
      superseded    boolean NOT NULL DEFAULT false,
      author        text NOT NULL REFERENCES person (id),
      approver      text NOT NULL REFERENCES person (id),
      registered_by uuid NOT NULL,
      registered_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (code, revision),
      CHECK (author <> approver)
    );
    CREATE UNIQUE INDEX request_template_live ON request_template (code) WHERE NOT superseded;

    GRANT SELECT, INSERT ON request_template TO datong_app;
    GRANT UPDATE (superseded) ON request_template TO datong_app;
  `);
}

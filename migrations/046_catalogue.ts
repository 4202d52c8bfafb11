/**
 * The catalogue (目录): what departments have, whether data is linked to it or not. A change is a further revision, taken by two persons; the
 * one before it is kept.
 */
import type { Knex } from 'knex';

const tables = `
CREATE TABLE catalogue_entry (
  id            text NOT NULL,
  revision      integer NOT NULL CHECK (revision > 0),
  department    text NOT NULL REFERENCES department (code),
  -- as it was registered
  document      jsonb NOT NULL,
  digest        text NOT NULL,
  title_zh      text NOT NULL,
  title_en      text NOT NULL,
  category      text NOT NULL,
  sharing       text NOT NULL CHECK (sharing IN ('unconditional', 'conditional', 'none')),
  datasets      text[] NOT NULL,
  -- derived from the document and the fields of its datasets: what is searched, its characters and pairs of characters, the semantic tags
  words         text NOT NULL,
  grams         text[] NOT NULL,
  tags          text[] NOT NULL,
  superseded    boolean NOT NULL DEFAULT false,
  author        text NOT NULL REFERENCES person (id),
  approver      text NOT NULL REFERENCES person (id),
  registered_by uuid NOT NULL,
  registered_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (id, revision),
  CHECK (id LIKE department || '.%'),
  CHECK (author <> approver)
);
CREATE UNIQUE INDEX catalogue_entry_live ON catalogue_entry (id) WHERE NOT superseded;
CREATE INDEX catalogue_entry_department ON catalogue_entry (department, id) WHERE NOT superseded;
CREATE INDEX catalogue_entry_grams ON catalogue_entry USING gin (grams) WHERE NOT superseded;
CREATE INDEX catalogue_entry_tags ON catalogue_entry USING gin (tags) WHERE NOT superseded;
CREATE INDEX catalogue_entry_datasets ON catalogue_entry USING gin (datasets) WHERE NOT superseded;
`;

const grants = `
GRANT SELECT, INSERT ON catalogue_entry TO datong_app;
GRANT UPDATE (superseded, words, grams, tags) ON catalogue_entry TO datong_app;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(tables);
  await knex.raw(grants);
}

/**
 * A dataset goes over to a new major version of its schema (换版): the rows under it are prepared as a batch of their own beside those that
 * readers see, and one entry switches. A mapping version that reads files for a version that was left is marked with the entry of that switch.
 */
import type { Knex } from 'knex';

const tables = `
CREATE TABLE changeover (
  -- the entry that began it
  id           uuid PRIMARY KEY,
  dataset      text NOT NULL REFERENCES dataset (id),
  from_schema  text NOT NULL REFERENCES schema_version (urn),
  to_schema    text NOT NULL REFERENCES schema_version (urn),
  -- mapping versions for the new version: name, version, document (JSON text), digest
  mappings     jsonb NOT NULL,
  reason       text NOT NULL,
  state        text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'switched', 'abandoned')),
  -- what is being filled, or stands ready
  batch        uuid REFERENCES batch (id),
  -- the batch that readers saw when that one was begun
  over         uuid,
  -- the batch whose stored bytes it is made of; null where its file was sent for the new version
  source       uuid,
  -- digests of the code lists that counted then
  lists        text NOT NULL DEFAULT '',
  -- why nothing could be filled from stored bytes: code of a problem
  trouble      text,
  needs_officer boolean NOT NULL,
  author       text NOT NULL REFERENCES person (id),
  approver     text REFERENCES person (id),
  officer      text REFERENCES person (id),
  -- digest of what they agreed to
  agreed       text,
  ended_by     uuid,
  CHECK (approver <> author AND officer <> author AND officer <> approver),
  CHECK ((state = 'open') = (ended_by IS NULL)),
  CHECK (state <> 'switched' OR approver IS NOT NULL AND (officer IS NOT NULL OR NOT needs_officer) AND batch IS NOT NULL)
);
CREATE UNIQUE INDEX changeover_open ON changeover (dataset) WHERE state = 'open';

ALTER TABLE mapping ADD COLUMN left_by uuid;
`;

const grants = `
GRANT SELECT, INSERT ON changeover TO datong_app;
GRANT UPDATE (state, batch, over, source, lists, trouble, approver, officer, agreed, ended_by) ON changeover TO datong_app;
GRANT UPDATE (left_by) ON mapping TO datong_app;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(tables);
  await knex.raw(grants);
}

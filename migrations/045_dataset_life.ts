/**
 * The life of a dataset: published, suspended, retired; retiring takes two persons, and what is destroyed by it is noted. A dataset moves
 * between the versions of its schema.
 */
import type { Knex } from 'knex';

const tables = `
UPDATE dataset SET state = 'published' WHERE state NOT IN ('published', 'suspended', 'retired');
ALTER TABLE dataset
  ADD CONSTRAINT dataset_state CHECK (state IN ('published', 'suspended', 'retired')),
  -- who suspended it: the data office's stop is lifted by the data office
  ADD COLUMN suspended_by_office boolean NOT NULL DEFAULT false,
  -- why it is suspended or retired
  ADD COLUMN reason text,
  -- the first of two persons who retire it
  ADD COLUMN ending_by text REFERENCES person (id),
  ADD COLUMN ended_by text REFERENCES person (id),
  -- when its rows were destroyed
  ADD COLUMN rows_gone_at timestamptz,
  -- the entry that moved it last
  ADD COLUMN decided_by uuid,
  ADD CONSTRAINT dataset_four_eyes CHECK (ended_by <> ending_by),
  ADD CONSTRAINT dataset_ended CHECK (state <> 'retired' OR (ending_by IS NOT NULL AND ended_by IS NOT NULL)) NOT VALID;
`;

const grants = `
GRANT UPDATE (schema, digest, suspended_by_office, reason, ending_by, ended_by, rows_gone_at, decided_by) ON dataset TO datong_app;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(tables);
  await knex.raw(grants);
}

/**
 * A document is stopped by each side apart, and only that side (or the data office) lifts its stop. A version knows which one it was
 * written against, and whether one person put it in force because it only tightens.
 */
import type { Knex } from 'knex';

const tables = `
ALTER TABLE policy_document
  ADD COLUMN written_against  integer,
  ADD COLUMN tightening       boolean NOT NULL DEFAULT false,
  -- the entry of each side's stop
  ADD COLUMN stopped_consumer uuid,
  ADD COLUMN stopped_provider uuid,
  ADD COLUMN stopped_security uuid,
  ADD COLUMN stopped_office   uuid;

-- who suspended was not kept: the data office can lift it
UPDATE policy_document SET stopped_office = coalesce(decided_by, submitted_by) WHERE state = 'suspended';
UPDATE policy_document w SET written_against = s.version
  FROM policy_document s
 WHERE w.state = 'submitted' AND s.id = w.id AND s.state IN ('active', 'suspended');

ALTER TABLE policy_document ADD CONSTRAINT policy_document_stopped CHECK (
  state NOT IN ('active', 'suspended')
  OR (state = 'suspended') = (coalesce(stopped_consumer, stopped_provider, stopped_security, stopped_office) IS NOT NULL));
ALTER TABLE policy_document ADD CONSTRAINT policy_document_against CHECK (written_against < version) NOT VALID;
`;

const grants = `
GRANT UPDATE (stopped_consumer, stopped_provider, stopped_security, stopped_office) ON policy_document TO datong_app;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(tables);
  await knex.raw(grants);
}

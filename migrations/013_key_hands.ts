/**
 * Whose hands a department's key came through. The first key of a department counts at once; a further one waits until another person than
 * the one who issued its code has confirmed its thumbprint. The department may object, and the data office decides. A code without issuer was
 * made on the machine itself, where the hub's own keys lie.
 */
import type { Knex } from 'knex';

const tables = `
ALTER TABLE enrolment_code ADD COLUMN issuer text REFERENCES person (id);

ALTER TABLE signing_key
  ADD COLUMN issuer       text REFERENCES person (id),
  ADD COLUMN state        text NOT NULL DEFAULT 'active' CHECK (state IN ('waiting', 'active', 'refused')),
  ADD COLUMN first        boolean NOT NULL DEFAULT true,
  ADD COLUMN enrolled_at  timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN confirmed_by text REFERENCES person (id),
  ADD COLUMN objected_by  text REFERENCES person (id),
  ADD COLUMN objection    text,
  ADD COLUMN refusal      text,
  -- the entry that decided last
  ADD COLUMN decided_by   uuid,
  ADD CONSTRAINT signing_key_persons CHECK (confirmed_by <> issuer),
  ADD CONSTRAINT signing_key_confirmed CHECK (state <> 'active' OR first OR issuer IS NULL OR confirmed_by IS NOT NULL),
  ADD CONSTRAINT signing_key_objection CHECK ((objected_by IS NULL) = (objection IS NULL)),
  ADD CONSTRAINT signing_key_refusal CHECK ((state = 'refused') = (refusal IS NOT NULL));
`;

const grants = `
GRANT UPDATE (state, confirmed_by, objected_by, objection, refusal, decided_by) ON signing_key TO datong_app;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(tables);
  await knex.raw(grants);
}

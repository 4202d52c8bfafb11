/**
 * What is registered has an owner: a department, or (null) the data office. Whoever writes to what is not hers proposes it, and a person of
 * the owner accepts or refuses; purposes and code lists take two persons of their owner as well. The tables refuse one person twice.
 *
 * A version of a code list counts from a day on, and may be withdrawn.
 */
import type { Knex } from 'knex';

const tables = `
CREATE TABLE proposal (
  -- the entry that made it
  id           uuid PRIMARY KEY,
  -- the operation that accepting performs
  operation    text NOT NULL,
  kind         text NOT NULL,
  name         text NOT NULL,
  -- null: the data office
  owner        text REFERENCES department (code),
  -- what the operation was called with, JSON text: body and path parameters
  body         text NOT NULL,
  params       jsonb NOT NULL,
  -- hex SHA-256 of operation, parameters and body: what is accepted is what was read
  digest       text NOT NULL,
  state        text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'accepted', 'refused', 'withdrawn')),
  author       text NOT NULL REFERENCES person (id),
  decided_by   text REFERENCES person (id),
  reason       text,
  proposed_at  timestamptz NOT NULL DEFAULT now(),
  decided_at   timestamptz,
  -- the entry that decided
  decision     uuid,
  CHECK ((state = 'waiting') = (decided_by IS NULL) AND (decided_by IS NULL) = (decision IS NULL)),
  CHECK (state <> 'accepted' OR decided_by <> author),
  CHECK ((state = 'withdrawn') IS NOT TRUE OR decided_by = author)
);
CREATE UNIQUE INDEX proposal_waiting ON proposal (digest) WHERE state = 'waiting';
CREATE INDEX proposal_owner ON proposal (owner) WHERE state = 'waiting';
CREATE INDEX proposal_author ON proposal (author) WHERE state = 'waiting';

ALTER TABLE schema_version
  ADD COLUMN owner text REFERENCES department (code),
  ADD COLUMN author text REFERENCES person (id),
  ADD COLUMN approver text REFERENCES person (id),
  ADD CONSTRAINT schema_version_persons CHECK (approver <> author);
ALTER TABLE mapping
  ADD COLUMN author text REFERENCES person (id),
  ADD COLUMN approver text REFERENCES person (id),
  ADD CONSTRAINT mapping_persons CHECK (approver <> author);

ALTER TABLE purpose
  ADD COLUMN author text REFERENCES person (id),
  ADD COLUMN approver text REFERENCES person (id);
ALTER TABLE code_list
  ADD COLUMN owner text REFERENCES department (code),
  ADD COLUMN valid_from date,
  ADD COLUMN author text REFERENCES person (id),
  ADD COLUMN approver text REFERENCES person (id),
  ADD COLUMN withdrawn_reason text,
  -- the entry of the withdrawal
  ADD COLUMN withdrawn_by uuid,
  ADD CONSTRAINT code_list_withdrawn CHECK ((withdrawn_by IS NULL) = (withdrawn_reason IS NULL));

-- what was registered before took one person
ALTER TABLE purpose ADD CONSTRAINT purpose_four_eyes
  CHECK (author IS NOT NULL AND approver IS NOT NULL AND author <> approver) NOT VALID;
ALTER TABLE code_list ADD CONSTRAINT code_list_four_eyes
  CHECK (author IS NOT NULL AND approver IS NOT NULL AND author <> approver) NOT VALID;
-- the newest is the one whose day came last: no two have the same
CREATE UNIQUE INDEX code_list_day ON code_list (id, valid_from) WHERE withdrawn_by IS NULL;
`;

const grants = `
GRANT SELECT, INSERT ON proposal TO datong_app;
GRANT UPDATE (state, decided_by, reason, decided_at, decision) ON proposal TO datong_app;
GRANT UPDATE (withdrawn_reason, withdrawn_by) ON code_list TO datong_app;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(tables);
  await knex.raw(grants);
}

/**
 * The registry: what departments have declared. Versions are append-only (the application role may insert them, never change their
 * text); only the columns that say where a thing stands in its life cycle may be updated.
 *
 * `dataset.current_batch` is moved by the append alone (claim `publish`), in the transaction of the entry that makes the batch visible.
 */
import type { Knex } from 'knex';

const tables = `
CREATE TABLE code_list (
  id            text NOT NULL,
  version       text NOT NULL,
  document      text NOT NULL,
  digest        text NOT NULL,
  registered_by uuid NOT NULL,
  registered_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (id, version)
);

CREATE TABLE purpose (
  code          text PRIMARY KEY,
  parent        text REFERENCES purpose (code),
  title_zh      text NOT NULL,
  title_en      text NOT NULL,
  registered_by uuid NOT NULL,
  registered_at timestamptz NOT NULL DEFAULT now()
);

-- the document is text, not jsonb: the order of its properties is the order of the fields
CREATE TABLE schema_version (
  urn           text PRIMARY KEY,
  name          text NOT NULL,
  major         integer NOT NULL,
  minor         integer NOT NULL,
  document      text NOT NULL,
  digest        text NOT NULL,
  state         text NOT NULL DEFAULT 'published',
  registered_by uuid NOT NULL,
  registered_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (name, major, minor)
);

CREATE TABLE dataset (
  id            text PRIMARY KEY,
  department    text NOT NULL,
  title_zh      text NOT NULL,
  title_en      text NOT NULL,
  schema        text NOT NULL REFERENCES schema_version (urn),
  mode          text NOT NULL CHECK (mode IN ('snapshot', 'upsert')),
  sharing       text NOT NULL CHECK (sharing IN ('unconditional', 'conditional', 'none')),
  conditions    text NOT NULL DEFAULT '',
  state         text NOT NULL DEFAULT 'published',
  current_batch uuid,
  digest        text NOT NULL,
  registered_by uuid NOT NULL,
  registered_at timestamptz NOT NULL DEFAULT now(),
  CHECK (id LIKE department || '.%')
);
CREATE INDEX dataset_department ON dataset (department);

CREATE TABLE mapping (
  dataset       text NOT NULL REFERENCES dataset (id),
  name          text NOT NULL,
  version       integer NOT NULL CHECK (version > 0),
  document      text NOT NULL,
  digest        text NOT NULL,
  registered_by uuid NOT NULL,
  registered_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (dataset, name, version)
);

-- text = canonical JSON, the very bytes that the parties' signatures cover
CREATE TABLE policy_document (
  id            text NOT NULL,
  version       integer NOT NULL CHECK (version > 0),
  kind          text NOT NULL CHECK (kind IN ('Agreement', 'Restriction')),
  text          text NOT NULL,
  digest        text NOT NULL,
  state         text NOT NULL,
  automatic     boolean NOT NULL DEFAULT false,
  consumer      text,
  provider      text,
  signatures    jsonb NOT NULL DEFAULT '[]',
  author        text NOT NULL,
  approver      text,
  submitted_by  uuid NOT NULL,
  decided_by    uuid,
  submitted_at  timestamptz NOT NULL DEFAULT now(),
  decided_at    timestamptz,
  PRIMARY KEY (id, version),
  CHECK (approver IS NULL OR approver <> author)
);
CREATE UNIQUE INDEX policy_document_standing ON policy_document (id) WHERE state IN ('active', 'suspended');

-- what an intake or management call was answered, for the same key and the same bytes once more
CREATE TABLE idempotency_outcome (
  department     text NOT NULL,
  operation      text NOT NULL,
  key            text NOT NULL,
  request_digest text NOT NULL,
  status         integer NOT NULL,
  content_type   text NOT NULL,
  body           bytea NOT NULL,
  exchange       uuid NOT NULL,
  at             timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (department, operation, key)
);
CREATE INDEX idempotency_outcome_at ON idempotency_outcome (at);
`;

const grants = `
GRANT SELECT, INSERT ON code_list, purpose, schema_version, dataset, mapping, policy_document, idempotency_outcome TO datong_app;
GRANT UPDATE (state) ON schema_version TO datong_app;
GRANT UPDATE (state, current_batch) ON dataset TO datong_app;
GRANT UPDATE (state, signatures, approver, decided_by, decided_at) ON policy_document TO datong_app;
-- UPDATE for the row locks of whoever drops old outcomes
GRANT UPDATE (at), DELETE ON idempotency_outcome TO datong_app;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(tables);
  await knex.raw(grants);
}

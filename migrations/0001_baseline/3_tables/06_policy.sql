-- Policy documents (agreements and rules) and the policy sets that decisions were made under.

-- Versions of agreements and rules.
CREATE TABLE policy_document (
  id               text,
  version          integer CHECK (version > 0),
  kind             text NOT NULL CHECK (kind IN ('Agreement', 'Restriction')),
  -- canonical JSON: the bytes that the parties' signatures cover
  text             text NOT NULL,
  digest           text NOT NULL,
  state            text NOT NULL,
  automatic        boolean NOT NULL DEFAULT false,
  consumer         text,
  provider         text,
  signatures       jsonb NOT NULL DEFAULT '[]'::jsonb,
  author           text NOT NULL REFERENCES person(id),
  approver         text REFERENCES person(id),
  submitted_by     uuid NOT NULL,
  decided_by       uuid,
  submitted_at     timestamptz NOT NULL DEFAULT now(),
  decided_at       timestamptz,
  -- version that it was written against
  written_against  integer,
  -- true: it only restricts, so one person could put it in force
  tightening       boolean NOT NULL DEFAULT false,
  -- log entry of the stop by each side; only that side or the data office lifts it
  stopped_consumer uuid,
  stopped_provider uuid,
  stopped_security uuid,
  stopped_office   uuid,
  PRIMARY KEY (id, version),
  CHECK (approver IS NULL OR approver <> author),
  CONSTRAINT policy_document_stopped
    CHECK ((state NOT IN ('active', 'suspended'))
      OR (state = 'suspended') = (COALESCE(stopped_consumer, stopped_provider, stopped_security, stopped_office) IS NOT NULL))
);
-- NOT VALID: rows from before the rule existed may break it
ALTER TABLE policy_document ADD CONSTRAINT policy_document_against CHECK (written_against < version) NOT VALID;
CREATE UNIQUE INDEX policy_document_standing ON policy_document (id) WHERE state IN ('active', 'suspended');

-- Warnings about agreements that are about to end.
CREATE TABLE agreement_warning (
  agreement text,
  version   integer,
  -- number of days ahead
  days      integer,
  -- log entry that reported it
  exchange  uuid NOT NULL,
  PRIMARY KEY (agreement, version, days),
  FOREIGN KEY (agreement, version) REFERENCES policy_document(id, version)
);

-- Approvals of an upper platform (上级平台批复) that agreements rest on. An approval is imported once.
CREATE TABLE upper_approval (
  number    text,
  resource  text,
  -- hex SHA-256 of the approval as it was issued
  sha256    text NOT NULL,
  agreement text NOT NULL,
  version   integer NOT NULL,
  exchange  uuid NOT NULL,
  PRIMARY KEY (number, resource),
  FOREIGN KEY (agreement, version) REFERENCES policy_document(id, version)
);

-- When the stop of an agreement by its provider began to count. It ends after five working days unless the data office stops the
-- agreement too.
CREATE TABLE provider_stop (
  agreement text PRIMARY KEY,
  first     timestamptz NOT NULL
);

-- Sets of policy documents that decisions were made under.
CREATE TABLE policy_set (
  policy text PRIMARY KEY,
  -- name and digest of each document
  lines  text[] NOT NULL
);

-- Registry texts that decisions were made under, by digest.
CREATE TABLE policy_registries (
  digest text PRIMARY KEY,
  text   text NOT NULL
);

-- Which policy set and registries were in force at each epoch.
CREATE TABLE policy_reading (
  epoch      bigint,
  policy     text REFERENCES policy_set(policy),
  registries text REFERENCES policy_registries(digest),
  PRIMARY KEY (policy, epoch, registries)
);

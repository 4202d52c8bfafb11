-- Pages of citizens (谁查过我): services that vouch for a person, sessions, delayed disclosure.
-- A subject is a keyed hash, the same as column _subject of the rows.

-- Departments whose services may vouch for a person.
CREATE TABLE person_service (
  department text PRIMARY KEY,
  appointed  boolean NOT NULL,
  author     text NOT NULL,
  approver   text NOT NULL,
  exchange   uuid NOT NULL,
  CHECK (approver <> author)
);

-- Signed assertions of these services. Each is used once.
CREATE TABLE subject_assertion (
  department text,
  id         text,
  jws        text NOT NULL,
  exchange   uuid NOT NULL,
  PRIMARY KEY (department, id)
);

-- Delays of disclosure that would hinder an investigation.
CREATE TABLE view_delay (
  id         text PRIMARY KEY,
  subject    bytea NOT NULL,
  department text NOT NULL,
  reference  text NOT NULL,
  clause     text NOT NULL,
  until      timestamptz NOT NULL,
  digest     text NOT NULL,
  author     text NOT NULL,
  approver   text NOT NULL,
  exchange   uuid NOT NULL,
  ended_by   text,
  reason     text,
  CHECK (approver <> author),
  CHECK ((ended_by IS NULL) = (reason IS NULL))
);
CREATE INDEX view_delay_subject ON view_delay (subject);

-- Sessions of citizens. The one-time code and the cookie are stored as hashes. The row is deleted with the session.
CREATE TABLE own_session (
  id           text PRIMARY KEY,
  -- hex SHA-256 of the one-time code, after its use of the cookie's value
  hash         text NOT NULL UNIQUE,
  used         boolean NOT NULL DEFAULT false,
  subject      bytea NOT NULL,
  commitment   text NOT NULL,
  department   text NOT NULL,
  presented_by text NOT NULL CHECK (presented_by IN ('self', 'guardian', 'agent')),
  -- end without activity: two minutes for a code, ten for a session
  idle_until   timestamptz NOT NULL,
  -- end in any case
  until        timestamptz NOT NULL,
  exchange     uuid NOT NULL,
  -- identifier of the person, sealed, for tickets that they open
  sealed_key   bytea NOT NULL,
  -- level of assurance of the department's identification
  assurance    text CHECK (assurance IN ('substantial', 'high'))
);
CREATE INDEX own_session_until ON own_session (until);

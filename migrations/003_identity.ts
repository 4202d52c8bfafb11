/**
 * Who may call: departments, their signing keys and certificates, the codes they enrol with, and the tokens of staff.
 *
 * Secrets are never here: of codes and tokens only a SHA-256 hash (they are random, so it needs no salt), of keys only the public half.
 * Each row names the entry of the log that made it. Nothing is ever deleted: what ends gets a time.
 */
import type { Knex } from 'knex';

const tables = `
CREATE TABLE department (
  code          text PRIMARY KEY,
  name_zh       text NOT NULL,
  name_en       text NOT NULL,
  kind          text NOT NULL CHECK (kind IN ('government', 'authorised', 'public-service', 'contractor')),
  -- whom a contractor works for
  principal     text REFERENCES department (code),
  parent        text REFERENCES department (code),
  level         text CHECK (level IN ('national', 'province', 'city', 'county', 'township')),
  region        text,
  -- runs the rules of the hub
  data_office   boolean NOT NULL DEFAULT false,
  registered_by uuid NOT NULL,
  registered_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((kind = 'contractor') = (principal IS NOT NULL)),
  CHECK (parent <> code AND principal <> code)
);

CREATE TABLE signing_key (
  -- RFC 7638 SHA-256 thumbprint
  keyid         text PRIMARY KEY,
  department    text NOT NULL REFERENCES department (code),
  alg           text NOT NULL CHECK (alg IN ('ecdsa-p256-sha256', 'ed25519')),
  -- SubjectPublicKeyInfo, PEM
  public_key    text NOT NULL,
  not_before    timestamptz NOT NULL,
  revoked_at    timestamptz,
  registered_by uuid NOT NULL
);
CREATE INDEX signing_key_department ON signing_key (department);

CREATE TABLE certificate (
  -- lower-case hex
  serial        text PRIMARY KEY,
  department    text NOT NULL REFERENCES department (code),
  -- SHA-256 over the SubjectPublicKeyInfo, hex: a TLS key belongs to one department
  public_key    text NOT NULL,
  pem           text NOT NULL,
  not_before    timestamptz NOT NULL,
  not_after     timestamptz NOT NULL,
  -- the entry that enrolled the first of this line of renewals; the signing key of the line has it as registered_by
  enrolment     uuid NOT NULL,
  revoked_at    timestamptz,
  reason        text CHECK (reason IN ('key-compromise', 'superseded', 'cessation', 'privilege-withdrawn', 'unspecified')),
  issued_by     uuid NOT NULL,
  revoked_by    uuid,
  CHECK ((revoked_at IS NULL) = (reason IS NULL))
);
CREATE INDEX certificate_department ON certificate (department);
CREATE INDEX certificate_enrolment ON certificate (enrolment);
CREATE INDEX certificate_public_key ON certificate (public_key);

CREATE TABLE enrolment_code (
  -- hex SHA-256
  hash          text PRIMARY KEY,
  id            text NOT NULL UNIQUE,
  department    text NOT NULL REFERENCES department (code),
  expires_at    timestamptz NOT NULL,
  issued_by     uuid NOT NULL,
  issued_at     timestamptz NOT NULL DEFAULT now(),
  used_at       timestamptz,
  used_by       uuid,
  CHECK ((used_at IS NULL) = (used_by IS NULL))
);

CREATE TABLE staff_token (
  id            text PRIMARY KEY,
  -- hex SHA-256 of the secret
  hash          text NOT NULL,
  name          text NOT NULL,
  -- separated by spaces
  scopes        text NOT NULL,
  department    text REFERENCES department (code),
  expires_at    timestamptz NOT NULL,
  issued_by     uuid NOT NULL,
  issued_at     timestamptz NOT NULL DEFAULT now(),
  revoked_at    timestamptz,
  revoked_by    uuid
);
`;

const grants = `
GRANT SELECT, INSERT ON department, signing_key, certificate, enrolment_code, staff_token TO datong_app;
GRANT UPDATE (revoked_at) ON signing_key TO datong_app;
GRANT UPDATE (revoked_at, reason, revoked_by) ON certificate TO datong_app;
GRANT UPDATE (used_at, used_by) ON enrolment_code TO datong_app;
GRANT UPDATE (revoked_at, revoked_by) ON staff_token TO datong_app;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(tables);
  await knex.raw(grants);
}

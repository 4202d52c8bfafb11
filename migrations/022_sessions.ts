/**
 * Sessions of persons in a browser, and what they sign in by beside a token: an authenticator's codes, passkeys, an identity provider.
 * Of a session only the hash of its cookie is stored; of a passkey its public key; the authenticator's secret is sealed.
 */
import type { Knex } from 'knex';

const tables = `
ALTER TABLE credential
  -- of a passkey: COSE key and the authenticator's counter
  ADD COLUMN public_key bytea,
  ADD COLUMN sign_count bigint,
  -- how its holder calls it
  ADD COLUMN label text,
  ADD CHECK ((kind = 'passkey') = (public_key IS NOT NULL AND sign_count IS NOT NULL));
CREATE UNIQUE INDEX credential_outside ON credential (kind, hash) WHERE kind <> 'token' AND revoked_at IS NULL;

CREATE TABLE staff_session (
  id          text PRIMARY KEY,
  -- hex SHA-256 of the cookie's value
  hash        text NOT NULL UNIQUE,
  person      text NOT NULL REFERENCES person (id),
  way         text NOT NULL CHECK (way IN ('totp', 'passkey', 'oidc', 'demo')),
  -- what it was opened with: it ends with it
  credential  text REFERENCES credential (id),
  begun_at    timestamptz NOT NULL,
  seen_at     timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL,
  -- the entries of its beginning and of its end
  begun_by    uuid NOT NULL,
  ended_at    timestamptz,
  ended_by    uuid,
  CHECK ((way = 'demo') = (credential IS NULL)),
  CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX staff_session_person ON staff_session (person) WHERE ended_at IS NULL;

CREATE TABLE authenticator (
  person        text PRIMARY KEY REFERENCES person (id),
  secret        bytea NOT NULL,
  -- before its first code it proves nothing
  confirmed_at  timestamptz,
  -- the step of time of the last code that was taken: none is taken twice
  last_step     bigint NOT NULL DEFAULT 0,
  failures      integer NOT NULL DEFAULT 0,
  failed_at     timestamptz,
  made_by       uuid NOT NULL
);

-- a challenge that was answered is answered once
CREATE TABLE challenge_answered (
  hash        text PRIMARY KEY,
  expires_at  timestamptz NOT NULL
);
`;

const grants = `
GRANT SELECT, INSERT ON staff_session, authenticator, challenge_answered TO datong_app;
GRANT UPDATE (seen_at, ended_at, ended_by) ON staff_session TO datong_app;
GRANT UPDATE (secret, confirmed_at, last_step, failures, failed_at, made_by) ON authenticator TO datong_app;
GRANT UPDATE (sign_count) ON credential TO datong_app;
GRANT DELETE ON challenge_answered TO datong_app;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(tables);
  await knex.raw(grants);
}

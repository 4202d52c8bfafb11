/**
 * Mandates (签署授权书): whom a department's key lets sign agreements in its name, as they were signed, and their revocations. Both tables only
 * grow: what was signed under a mandate is verified against it for as long as the agreement stands.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE mandate (
      id         text PRIMARY KEY CHECK (id ~ '^mdt-[0-9a-f]{24}$'),
      department text NOT NULL REFERENCES department (code),
      person     text NOT NULL REFERENCES person (id),
      -- the artefact, compact JWS, and the key that signed it
      jws        text NOT NULL,
      keyid      text NOT NULL REFERENCES signing_key (keyid),
      -- the person who handed it in is another one than it is for
      given_by   text NOT NULL REFERENCES person (id) CHECK (given_by <> person),
      given_at   timestamptz NOT NULL,
      exchange   uuid NOT NULL
    );
    CREATE INDEX mandate_person ON mandate (person);

    CREATE TABLE mandate_revocation (
      mandate    text PRIMARY KEY REFERENCES mandate (id),
      revoked_by text NOT NULL REFERENCES person (id),
      revoked_at timestamptz NOT NULL,
      reason     text NOT NULL,
      exchange   uuid NOT NULL
    );

    GRANT SELECT, INSERT ON mandate, mandate_revocation TO datong_app;
  `);
}

/**
 * Sessions of persons on their own page: opened by a department's assertion, a one-time code and then a cookie, both kept as hashes alone.
 * Whose it is stands as the rows' keyed hash, and the identifier, sealed, as long as the session: then the row is gone.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE own_session (
      id           text PRIMARY KEY,
      -- hex SHA-256 of the one-time code, and after it was used of the cookie's value
      hash         text NOT NULL UNIQUE,
      used         boolean NOT NULL DEFAULT false,
      subject      bytea NOT NULL,
      commitment   text NOT NULL,
      department   text NOT NULL,
      presented_by text NOT NULL CHECK (presented_by IN ('self', 'guardian', 'agent')),
      -- the moment it is over if nothing happens: two minutes for a code, ten for a session
      idle_until   timestamptz NOT NULL,
      -- the moment it is over whatever happens
      until        timestamptz NOT NULL,
      exchange     uuid NOT NULL
    );
    CREATE INDEX own_session_until ON own_session (until);
    GRANT SELECT, INSERT, DELETE ON own_session TO datong_app;
    GRANT UPDATE (hash, used, idle_until) ON own_session TO datong_app;
  `);
}

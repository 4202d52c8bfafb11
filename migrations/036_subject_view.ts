/**
 * «谁查过我»: which departments' services vouch for persons, the assertions they signed (each used once), and delays of what would
 * hinder an investigation. A person is a keyed hash, the same as the rows' own `_subject`.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE person_service (
      department text PRIMARY KEY,
      appointed  boolean NOT NULL,
      author     text NOT NULL,
      approver   text NOT NULL CHECK (approver <> author),
      exchange   uuid NOT NULL
    );

    CREATE TABLE subject_assertion (
      department text NOT NULL,
      id         text NOT NULL,
      jws        text NOT NULL,
      exchange   uuid NOT NULL,
      PRIMARY KEY (department, id)
    );

    CREATE TABLE view_delay (
      id         text PRIMARY KEY,
      subject    bytea NOT NULL,
      department text NOT NULL,
      reference  text NOT NULL,
      clause     text NOT NULL,
      until      timestamptz NOT NULL,
      digest     text NOT NULL,
      author     text NOT NULL,
      approver   text NOT NULL CHECK (approver <> author),
      exchange   uuid NOT NULL,
      ended_by   text,
      reason     text,
      CHECK ((ended_by IS NULL) = (reason IS NULL))
    );
    CREATE INDEX view_delay_subject ON view_delay (subject);

    GRANT SELECT, INSERT ON person_service, subject_assertion, view_delay TO datong_app;
    GRANT UPDATE (appointed, author, approver, exchange) ON person_service TO datong_app;
    GRANT UPDATE (until, reference, clause, digest, author, approver, exchange, ended_by, reason) ON view_delay TO datong_app;
  `);
}

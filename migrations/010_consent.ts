import type { Knex } from 'knex';

/**
 * Consents (个人同意). `consent` holds the signed artefacts, `consent_event` what happened to them; neither is ever changed. What follows
 * from the newest event stands in `consent_standing`, one row for each subject, recipient, dataset and purpose, so that a page of rows is
 * joined with it in one look. Subjects are keyed hashes, the same as the rows' own `_subject`.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- what persons are told before they agree; a text never changes, another text is another notice
    CREATE TABLE consent_notice (
      digest        text PRIMARY KEY,
      reference     text NOT NULL,
      owner         text NOT NULL,
      language      text NOT NULL CHECK (language IN ('zh', 'en')),
      text          text NOT NULL,
      purposes      text[] NOT NULL,
      registered_by uuid NOT NULL,
      registered_at timestamptz NOT NULL DEFAULT now()
    );

    CREATE TABLE consent (
      id           text PRIMARY KEY,
      jws          text NOT NULL,
      subject      bytea NOT NULL,
      guardian     bytea,
      recipient    text NOT NULL,
      provider     text NOT NULL,
      dataset      text NOT NULL,
      collected_by text NOT NULL,
      notice       text NOT NULL REFERENCES consent_notice (digest),
      -- id of the entry that took it in
      exchange     uuid NOT NULL
    );
    CREATE INDEX consent_subject ON consent (subject);

    CREATE TABLE consent_event (
      consent  text NOT NULL REFERENCES consent (id),
      type     text NOT NULL CHECK (type IN ('given', 'withdrawn')),
      at       timestamptz NOT NULL,
      exchange uuid NOT NULL,
      PRIMARY KEY (consent, type)
    );

    CREATE SEQUENCE consent_version;
    CREATE TABLE consent_standing (
      subject    bytea NOT NULL,
      recipient  text NOT NULL,
      dataset    text NOT NULL,
      purpose    text NOT NULL,
      consent    text NOT NULL REFERENCES consent (id),
      state      text NOT NULL CHECK (state IN ('given', 'withdrawn')),
      fields     text[] NOT NULL,
      not_before timestamptz NOT NULL,
      until      timestamptz NOT NULL,
      max_uses   integer,
      uses       integer NOT NULL DEFAULT 0,
      guardian   bytea,
      -- grows with every event: what an answer was decided on has not changed while it has not
      version    bigint NOT NULL DEFAULT nextval('consent_version'),
      PRIMARY KEY (subject, recipient, dataset, purpose)
    ) WITH (fillfactor = 80);
    CREATE INDEX consent_standing_consent ON consent_standing (consent);

    -- what an entry commits to and its receipt does not show; deletable
    CREATE TABLE audit_private (
      exchange uuid PRIMARY KEY,
      salt     bytea NOT NULL,
      value    jsonb NOT NULL
    );

    GRANT SELECT, INSERT ON consent_notice, consent, consent_event, audit_private TO datong_app;
    GRANT SELECT, INSERT, UPDATE ON consent_standing TO datong_app;
    GRANT USAGE ON SEQUENCE consent_version TO datong_app;
  `);
}

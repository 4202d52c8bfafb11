/**
 * What evidence is made from, beside the log: under which documents and registries was decided at each epoch, by digest, and the requests
 * for evidence. A request about a person holds her log tokens until a second person has released it or not; never her identifier.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE policy_set (
      policy text PRIMARY KEY,
      -- name and digest of every document
      lines  text[] NOT NULL
    );
    CREATE TABLE policy_registries (
      digest text PRIMARY KEY,
      text   text NOT NULL
    );
    CREATE TABLE policy_reading (
      epoch      bigint NOT NULL,
      policy     text NOT NULL REFERENCES policy_set,
      registries text NOT NULL REFERENCES policy_registries,
      PRIMARY KEY (policy, epoch, registries)
    );
    GRANT SELECT, INSERT ON policy_set, policy_registries, policy_reading TO datong_app;

    CREATE TABLE evidence (
      id          uuid PRIMARY KEY,
      question    text NOT NULL,
      -- log tokens of the person it is about: what told of her, and attempts
      tokens      bytea[],
      attempts    bytea[],
      reason      text NOT NULL,
      case_number text NOT NULL,
      -- entries of the log when it was asked for: what came later is not in it
      size        bigint NOT NULL,
      asked_by    text NOT NULL,
      asked_at    timestamptz NOT NULL,
      state       text NOT NULL CHECK (state IN ('waiting', 'released', 'refused')),
      answered_by text,
      CHECK (answered_by <> asked_by),
      -- about a person two decide
      CHECK (tokens IS NULL OR (state = 'waiting') = (answered_by IS NULL)),
      CHECK ((tokens IS NULL) = (attempts IS NULL))
    );
    CREATE INDEX evidence_waiting ON evidence (asked_at) WHERE state = 'waiting';
    GRANT SELECT, INSERT ON evidence TO datong_app;
    GRANT UPDATE (state, answered_by) ON evidence TO datong_app;
  `);
}

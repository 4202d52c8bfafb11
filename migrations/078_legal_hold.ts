/**
 * Legal holds 法律保全: what neither a job nor a decision destroys before its day, however old it is. `held_dataset` is what destroying
 * statements ask: holds in force, and those that wait for their second person, for thirty days.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE legal_hold (
      id          text PRIMARY KEY,
      kind        text NOT NULL CHECK (kind IN ('dataset', 'agreement', 'subject', 'entries')),
      -- id of a dataset or an agreement, keyed hash of a subject in hex, first-last
      target      text NOT NULL,
      reason      text NOT NULL,
      case_number text NOT NULL,
      until       timestamptz NOT NULL,
      digest      text NOT NULL,
      author      text NOT NULL,
      approver    text NOT NULL CHECK (approver <> author),
      exchange    uuid NOT NULL,
      lifted_by   text,
      lifted_why  text,
      CHECK ((lifted_by IS NULL) = (lifted_why IS NULL))
    );
    GRANT SELECT, INSERT ON legal_hold TO datong_app;
    GRANT UPDATE (reason, until, digest, author, approver, exchange, lifted_by, lifted_why) ON legal_hold TO datong_app;

    CREATE VIEW held_dataset AS
      SELECT target AS dataset FROM legal_hold WHERE kind = 'dataset' AND lifted_by IS NULL AND until > now()
      UNION
      SELECT body::jsonb #>> '{on,dataset}' FROM proposal
       WHERE state = 'waiting' AND operation = 'placeHold' AND body::jsonb #>> '{on,dataset}' IS NOT NULL
         AND proposed_at > now() - interval '30 days';
    GRANT SELECT ON held_dataset TO datong_app;
  `);
}

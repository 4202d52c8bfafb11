/**
 * Who stands in for a steward: a deputy (代办) until a day, or a standing second (AB角) until one of them ends it. Named by one person of the
 * place and agreed to by another, neither of them the one who is named.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE stand_in (
      id         text PRIMARY KEY,
      kind       text NOT NULL CHECK (kind IN ('deputy', 'second')),
      -- who is stood in for, and who does it
      steward    text NOT NULL REFERENCES person (id),
      person     text NOT NULL REFERENCES person (id) CHECK (person <> steward),
      -- null: the data office
      department text REFERENCES department (code),
      -- Unix milliseconds as times; a standing second has no end
      begins     timestamptz NOT NULL,
      until      timestamptz CHECK (until > begins),
      why        text NOT NULL,
      digest     text NOT NULL,
      author     text NOT NULL CHECK (author <> person),
      approver   text NOT NULL CHECK (approver <> author AND approver <> person),
      exchange   uuid NOT NULL,
      ended_by   text,
      reason     text,
      CHECK ((kind = 'second') = (until IS NULL)),
      CHECK ((ended_by IS NULL) = (reason IS NULL))
    );
    -- a steward has one standing second in a place
    CREATE UNIQUE INDEX stand_in_second ON stand_in (steward, department) NULLS NOT DISTINCT
      WHERE kind = 'second' AND ended_by IS NULL;

    GRANT SELECT, INSERT ON stand_in TO datong_app;
    GRANT UPDATE (begins, until, why, digest, author, approver, exchange, ended_by, reason) ON stand_in TO datong_app;
  `);
}

/**
 * Tickets (数据校核 of a department, 异议 of a person): somebody says that data is wrong or missing. Whom it concerns is the rows' own keyed
 * hash; the identifier lies beside it sealed, for the provider who has to look. Of two answers at once the second finds it answered.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE SEQUENCE ticket_number;
    CREATE TABLE ticket (
      id          text PRIMARY KEY,
      opener      text NOT NULL REFERENCES department (code),
      -- for itself, or for a person: at its counter, or in its service
      origin      text NOT NULL CHECK (origin IN ('department', 'counter', 'service')),
      -- member of staff who opened it; null for a department's machine
      person      text REFERENCES person (id),
      provider    text NOT NULL REFERENCES department (code),
      dataset     text NOT NULL,
      exchange    uuid,
      field       text,
      subject     bytea CHECK (length(subject) = 32),
      sealed_key  bytea,
      claim       text NOT NULL,
      state       text NOT NULL,
      opened_at   timestamptz NOT NULL,
      opened_by   uuid NOT NULL,
      answered_at timestamptz,
      answered_by uuid,
      reason      text,
      batch       uuid,
      CHECK ((subject IS NULL) = (sealed_key IS NULL)),
      CHECK (subject IS NOT NULL OR exchange IS NOT NULL),
      CHECK ((answered_at IS NULL) = (state = 'open'))
    );
    -- one claim of one department about one thing is told once
    CREATE UNIQUE INDEX ticket_open ON ticket (opener, dataset, coalesce(field, ''), coalesce(subject, ''), coalesce(exchange::text, ''))
      WHERE state = 'open';
    CREATE INDEX ticket_provider ON ticket (provider, id);
    CREATE INDEX ticket_opener ON ticket (opener, id);

    -- whoever received the wrong value, and by which answers
    CREATE TABLE ticket_told (
      ticket    text NOT NULL REFERENCES ticket (id),
      consumer  text NOT NULL,
      exchanges uuid[] NOT NULL,
      PRIMARY KEY (ticket, consumer)
    );
    CREATE INDEX ticket_told_consumer ON ticket_told (consumer, ticket);

    GRANT SELECT, INSERT ON ticket, ticket_told TO datong_app;
    GRANT UPDATE (state, answered_at, answered_by, reason, batch) ON ticket TO datong_app;
    GRANT USAGE ON SEQUENCE ticket_number TO datong_app;
  `);
}

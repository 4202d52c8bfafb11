/**
 * What the rules over the log found (风险预警): one row a rule, a day and whom it is about. A row is never removed; the entry that told it
 * stands in the log. What departments got a day is what the rules call usual.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE risk (
      id          uuid PRIMARY KEY,
      rule        text NOT NULL,
      day         date NOT NULL,
      key         text NOT NULL,
      consumer    text,
      official    text,
      -- consumers and providers of its entries
      departments text[] NOT NULL,
      count       bigint NOT NULL,
      "limit"     bigint NOT NULL,
      entries     bigint[] NOT NULL,
      found_at    timestamptz NOT NULL,
      due         date NOT NULL,
      -- the entry that told it
      exchange    uuid NOT NULL,
      state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'escalated', 'acknowledged')),
      escalated_by    text,
      escalation      text,
      acknowledged_by text,
      acknowledgement text,
      UNIQUE (rule, day, key),
      CHECK ((escalated_by IS NULL) = (escalation IS NULL)),
      CHECK ((acknowledged_by IS NULL) = (acknowledgement IS NULL)),
      CHECK ((state = 'acknowledged') = (acknowledged_by IS NOT NULL)),
      -- what one person escalated another one answers
      CHECK (acknowledged_by <> escalated_by)
    );
    CREATE INDEX risk_unanswered ON risk (due) WHERE state <> 'acknowledged';

    CREATE TABLE risk_volume (
      consumer  text NOT NULL,
      day       date NOT NULL,
      rows      bigint NOT NULL,
      off_hours bigint NOT NULL,
      PRIMARY KEY (consumer, day)
    );
    GRANT SELECT, INSERT ON risk TO datong_app;
    GRANT UPDATE (departments, count, entries, state, escalated_by, escalation, acknowledged_by, acknowledgement) ON risk TO datong_app;
    GRANT SELECT, INSERT, UPDATE ON risk_volume TO datong_app;
  `);
}

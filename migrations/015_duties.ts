/**
 * What consumers owe for data they received (义务事项): derived from the log's entries, one row for what is answered by one statement.
 * A row is never removed; a statement is the signed artefact, its entry names the digest.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE duty (
      id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      obligation     text NOT NULL CHECK (obligation IN
                       ('delete-after', 'delete-withdrawn', 'notify-subject', 'report-use', 'no-onward-sharing')),
      consumer       text NOT NULL,
      provider       text NOT NULL,
      dataset        text NOT NULL,
      agreement      text NOT NULL,
      purpose        text NOT NULL,
      -- days of receipt it is about, calendar of China, both included
      received_from  date NOT NULL,
      received_until date NOT NULL,
      due            date NOT NULL,
      -- answers that brought the data
      exchanges      bigint NOT NULL,
      -- of delete-withdrawn: the consent, and each answer by its id
      consent        text REFERENCES consent (id),
      named          uuid[],
      -- the consumer's statement, and its entry
      statement      text,
      answered_by    uuid,
      -- the entry that told it was overdue
      told_by        uuid,
      CHECK ((consent IS NULL) = (named IS NULL)),
      CHECK ((statement IS NULL) = (answered_by IS NULL)),
      UNIQUE NULLS NOT DISTINCT (consumer, agreement, dataset, purpose, obligation, received_from, consent)
    );
    CREATE INDEX duty_provider ON duty (provider, due);
    CREATE INDEX duty_open ON duty (due) WHERE answered_by IS NULL;
    CREATE INDEX duty_consent ON duty (consent) WHERE consent IS NOT NULL;

    -- how far the log has been read for it; moves with the rows it makes
    CREATE TABLE duty_progress (id smallint PRIMARY KEY CHECK (id = 1), next bigint NOT NULL);
    INSERT INTO duty_progress VALUES (1, 0);

    GRANT SELECT, INSERT ON duty TO datong_app;
    GRANT UPDATE (exchanges, due, statement, answered_by, told_by) ON duty TO datong_app;
    GRANT SELECT, UPDATE ON duty_progress TO datong_app;
  `);
}

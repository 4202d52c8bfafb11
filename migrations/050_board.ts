/**
 * What leaders read (看板), derived from the log's entries as it grows: calls a day by department and dataset, and the cases that data left
 * for, by a digest of their number. It may be made again from the log at any time.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE board_day (
      day      date NOT NULL,
      consumer text NOT NULL,
      provider text NOT NULL,
      dataset  text NOT NULL,
      answered bigint NOT NULL,
      refused  bigint NOT NULL,
      PRIMARY KEY (day, consumer, provider, dataset)
    );
    CREATE TABLE board_case (
      day      date NOT NULL,
      consumer text NOT NULL,
      matter   text NOT NULL,
      -- SHA-256 of the case number
      number   bytea NOT NULL,
      -- dataset.field, of what left for it with at least a row
      fields   text[] NOT NULL,
      PRIMARY KEY (consumer, matter, number)
    );
    CREATE INDEX board_case_day ON board_case (day);

    -- how far the log has been read for it; moves with the rows it makes
    CREATE TABLE board_progress (id smallint PRIMARY KEY CHECK (id = 1), next bigint NOT NULL);
    INSERT INTO board_progress VALUES (1, 0);

    GRANT SELECT, INSERT, UPDATE ON board_day, board_case TO datong_app;
    GRANT SELECT, UPDATE ON board_progress TO datong_app;
  `);
}

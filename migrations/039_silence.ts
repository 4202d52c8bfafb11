import type { Knex } from 'knex';

/** An expected batch that did not come (断报): one row a dataset and day by which it was due, with the entry that told it. Never removed. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE silence (
      dataset  text NOT NULL REFERENCES dataset (id),
      due      date NOT NULL,
      exchange uuid NOT NULL,
      told_at  timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (dataset, due)
    );
    GRANT SELECT, INSERT ON silence TO datong_app;
  `);
}

import type { Knex } from 'knex';

/**
 * The synthetic twin (合成副本) of each dataset that somebody tried: invented rows, apart from the tables of real ones (schema `rows`). They
 * are made again from the schema version whenever they are not there.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE twin (
      dataset text PRIMARY KEY REFERENCES dataset (id),
      -- hex SHA-256 of what its rows follow from: dataset, schema version, code lists
      made_of text NOT NULL,
      made_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE TABLE twin_row (
      dataset text NOT NULL REFERENCES twin (dataset) ON DELETE CASCADE,
      place   integer NOT NULL,
      record  json NOT NULL,
      PRIMARY KEY (dataset, place)
    );
    GRANT SELECT, INSERT, DELETE ON twin, twin_row TO datong_app;
    GRANT UPDATE (made_of, made_at) ON twin TO datong_app;
  `);
}

import type { Knex } from 'knex';

/**
 * Statistics: what has been told of a batch to one consumer, and is all that is ever told of it. Cells below the agreed size stand in it
 * as suppressed, without their numbers. The suppressed cells of one batch stay so in the next.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE statistic_cube (
      id       bigint GENERATED ALWAYS AS IDENTITY,
      dataset  text NOT NULL REFERENCES dataset (id),
      -- a department, with everybody entrusted by it
      consumer text NOT NULL,
      batch    uuid NOT NULL,
      -- dimensions, sums, smallest group and row filter it was made with
      spec     jsonb NOT NULL,
      cells    jsonb NOT NULL,
      -- hex SHA-256 over dataset, batch and cells, as the entries name it
      digest   text NOT NULL,
      PRIMARY KEY (dataset, consumer, batch)
    );
    CREATE INDEX statistic_cube_last ON statistic_cube (dataset, consumer, id);
    GRANT SELECT, INSERT ON statistic_cube TO datong_app;
  `);
}

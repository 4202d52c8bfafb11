/**
 * Demands (数据需求申请) for data that no catalogue entry offers: the data office assigns them or answers. A demand is what was said; each act takes its
 * number once. The days of its clock are those of the procedure that held when it was made.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE SEQUENCE demand_number;
    CREATE TABLE demand (
      id              text PRIMARY KEY,
      consumer        text NOT NULL REFERENCES department (code),
      -- to whom it is assigned
      provider        text REFERENCES department (code),
      title           text NOT NULL,
      fields          text[] NOT NULL,
      purpose         text NOT NULL,
      state           text NOT NULL,
      -- of the catalogue, once it is met
      entry           text,
      -- working days of the data office and of a department
      office_days     integer NOT NULL,
      department_days integer NOT NULL,
      CHECK ((state = 'met') = (entry IS NOT NULL))
    );
    CREATE INDEX demand_consumer ON demand (consumer);
    CREATE INDEX demand_provider ON demand (provider);

    CREATE TABLE demand_event (
      demand   text NOT NULL REFERENCES demand (id),
      seq      integer NOT NULL,
      act      text NOT NULL,
      person   text NOT NULL REFERENCES person (id),
      at       timestamptz NOT NULL,
      said     text NOT NULL,
      provider text,
      exchange uuid NOT NULL,
      PRIMARY KEY (demand, seq)
    );

    GRANT SELECT, INSERT ON demand, demand_event TO datong_app;
    GRANT UPDATE (state, provider, entry) ON demand TO datong_app;
    GRANT USAGE ON SEQUENCE demand_number TO datong_app;
  `);
}

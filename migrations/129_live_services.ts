/** Services of providers that the hub asks for rows of live datasets, and what of their answers could not be used. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE live_service (
      dataset  text PRIMARY KEY REFERENCES dataset (id),
      document jsonb NOT NULL,
      digest   text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
      author   text NOT NULL REFERENCES person (id),
      approver text NOT NULL REFERENCES person (id) CHECK (approver <> author),
      exchange uuid NOT NULL,
      set_at   timestamptz NOT NULL,
      ended_by text REFERENCES person (id)
    );
    CREATE TABLE live_finding (
      nth      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      dataset  text NOT NULL,
      exchange uuid NOT NULL,
      told     jsonb NOT NULL,
      at       timestamptz NOT NULL
    );
    CREATE INDEX live_finding_newest ON live_finding (dataset, nth DESC);
    GRANT SELECT, INSERT, UPDATE ON live_service TO datong_app;
    GRANT SELECT, INSERT, DELETE ON live_finding TO datong_app;
  `);
}

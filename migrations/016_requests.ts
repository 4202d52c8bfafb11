/**
 * Requests (共享申请) and how a city answers them. A request is what happened to it: `request_event` is never changed, its number is taken
 * once, so of two answers at once the second finds it taken.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE procedure (
      id            text NOT NULL,
      version       integer NOT NULL,
      document      jsonb NOT NULL,
      registered_by uuid NOT NULL,
      -- the newest one holds for requests that begin
      seq           bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
      PRIMARY KEY (id, version)
    );

    CREATE SEQUENCE request_number;
    CREATE TABLE request (
      id                text PRIMARY KEY,
      consumer          text NOT NULL REFERENCES department (code),
      provider          text NOT NULL REFERENCES department (code),
      -- of the agreement it asks for
      agreement         text NOT NULL,
      version           integer NOT NULL,
      -- none: what holds where nothing is registered
      procedure         text,
      procedure_version integer,
      unconditional     boolean NOT NULL,
      -- nobody has anything to do any more
      closed            boolean NOT NULL,
      made_by           uuid NOT NULL,
      FOREIGN KEY (procedure, procedure_version) REFERENCES procedure (id, version)
    );
    CREATE INDEX request_open ON request (id) WHERE NOT closed;
    CREATE INDEX request_consumer ON request (consumer);
    CREATE INDEX request_provider ON request (provider);

    CREATE TABLE request_event (
      request  text NOT NULL REFERENCES request (id),
      seq      integer NOT NULL,
      act      text NOT NULL,
      person   text NOT NULL REFERENCES person (id),
      at       timestamptz NOT NULL,
      -- what was said: documents, reasons, lists
      said     jsonb NOT NULL,
      exchange uuid NOT NULL,
      PRIMARY KEY (request, seq)
    );

    GRANT SELECT, INSERT ON procedure, request, request_event TO datong_app;
    GRANT UPDATE (closed, version) ON request TO datong_app;
    GRANT USAGE ON SEQUENCE request_number TO datong_app;
  `);
}

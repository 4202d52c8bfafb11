import type { Knex } from 'knex';

/**
 * Where persons and departments want to be told that something waits for them, what they were told of, and reminders on their way. An address
 * is sealed: it may hold a name or a token. What goes with an address goes when it does.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE reminder_address (
      kind     text NOT NULL CHECK (kind IN ('person', 'department')),
      owner    text NOT NULL,
      way      text NOT NULL CHECK (way = 'mail' OR (way = 'webhook' AND kind = 'department')),
      sealed   bytea NOT NULL,
      set_by   text NOT NULL REFERENCES person (id),
      set_at   timestamptz NOT NULL,
      exchange uuid NOT NULL,
      PRIMARY KEY (kind, owner, way)
    );
    CREATE TABLE reminder_told (
      kind  text NOT NULL,
      owner text NOT NULL,
      way   text NOT NULL,
      thing text NOT NULL CHECK (thing ~ '^[0-9a-f]{64}$'),
      PRIMARY KEY (kind, owner, way, thing),
      FOREIGN KEY (kind, owner, way) REFERENCES reminder_address ON DELETE CASCADE
    );
    CREATE TABLE reminder (
      id       uuid PRIMARY KEY,
      kind     text NOT NULL,
      owner    text NOT NULL,
      way      text NOT NULL,
      said     jsonb NOT NULL,
      made_at  timestamptz NOT NULL,
      attempts integer NOT NULL DEFAULT 0,
      next_at  timestamptz NOT NULL,
      trouble  text,
      ended_at timestamptz,
      FOREIGN KEY (kind, owner, way) REFERENCES reminder_address ON DELETE CASCADE
    );
    CREATE UNIQUE INDEX reminder_on_its_way ON reminder (kind, owner, way) WHERE ended_at IS NULL;
    CREATE INDEX reminder_newest ON reminder (kind, owner, way, made_at DESC);
    GRANT SELECT, INSERT, UPDATE, DELETE ON reminder_address, reminder_told, reminder TO datong_app;
  `);
}

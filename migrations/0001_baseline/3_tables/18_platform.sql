-- Background jobs and reminders.

-- Background jobs: when each is due, who runs it and until when.
CREATE TABLE job (
  name         text PRIMARY KEY,
  due          timestamptz NOT NULL,
  owner        uuid,
  lease_until  timestamptz,
  -- increases with each lease: writes of a process that lost its lease are refused
  fencing      bigint NOT NULL DEFAULT 0,
  started_at   timestamptz,
  finished_at  timestamptz,
  -- last end without a failure
  succeeded_at timestamptz,
  -- 'ok', or the problem code of the failure
  outcome      text,
  -- where the next run continues, in a format of the job
  state        jsonb
);

-- Where persons and departments want to be reminded. The address is sealed: it may hold a name or a token.
CREATE TABLE reminder_address (
  kind     text CHECK (kind IN ('person', 'department')),
  owner    text,
  way      text,
  sealed   bytea NOT NULL,
  set_by   text NOT NULL REFERENCES person(id),
  set_at   timestamptz NOT NULL,
  exchange uuid NOT NULL,
  PRIMARY KEY (kind, owner, way),
  CHECK (way = 'mail' OR way = 'webhook' AND kind = 'department')
);

-- What each address was reminded of. Deleted with the address.
CREATE TABLE reminder_told (
  kind  text,
  owner text,
  way   text,
  thing text CHECK (thing ~ '^[0-9a-f]{64}$'),
  PRIMARY KEY (kind, owner, way, thing),
  FOREIGN KEY (kind, owner, way) REFERENCES reminder_address(kind, owner, way) ON DELETE CASCADE
);

-- Reminders that are being sent.
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
  FOREIGN KEY (kind, owner, way) REFERENCES reminder_address(kind, owner, way) ON DELETE CASCADE
);
CREATE UNIQUE INDEX reminder_on_its_way ON reminder (kind, owner, way) WHERE ended_at IS NULL;
CREATE INDEX reminder_newest ON reminder (kind, owner, way, made_at DESC);

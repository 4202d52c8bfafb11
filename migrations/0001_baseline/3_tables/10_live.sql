-- Live datasets: their rows stay with the provider, whose service the hub calls.

-- Services of providers that answer for live datasets.
CREATE TABLE live_service (
  dataset  text PRIMARY KEY REFERENCES dataset(id),
  document jsonb NOT NULL,
  digest   text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  author   text NOT NULL REFERENCES person(id),
  approver text NOT NULL REFERENCES person(id),
  exchange uuid NOT NULL,
  set_at   timestamptz NOT NULL,
  ended_by text REFERENCES person(id),
  CHECK (approver <> author)
);

-- Answers of live services that could not be used.
CREATE TABLE live_finding (
  nth      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  dataset  text NOT NULL,
  exchange uuid NOT NULL,
  told     jsonb NOT NULL,
  at       timestamptz NOT NULL
);
CREATE INDEX live_finding_newest ON live_finding (dataset, nth DESC);

-- Rows of live datasets that failed validation.
CREATE TABLE live_quarantine (
  nth      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  dataset  text NOT NULL,
  -- keyed hash of the row: a repeated row is stored once
  digest   bytea NOT NULL,
  -- newest exchange that contained it, and its position in the answer
  exchange uuid NOT NULL,
  place    integer NOT NULL,
  times    integer NOT NULL DEFAULT 1,
  problems jsonb NOT NULL,
  -- the row, for return to the provider
  sealed   bytea NOT NULL,
  seen_at  timestamptz NOT NULL,
  UNIQUE (dataset, digest)
);
CREATE INDEX live_quarantine_seen ON live_quarantine (seen_at);

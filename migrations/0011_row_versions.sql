-- Versions of the rows that several departments change (intake.cases); the first one is the row as it arrived.
CREATE TABLE row_version (
  dataset        text NOT NULL REFERENCES dataset(id),
  -- SHA-256 of the JSON list of the values of the key
  key_hash       bytea NOT NULL CHECK (length(key_hash) = 32),
  version        integer NOT NULL CHECK (version > 0),
  -- changes of a dataset come one after the other, so numbers are committed in their order
  sequence       bigint GENERATED ALWAYS AS IDENTITY,
  -- who changed it
  department     text NOT NULL REFERENCES department(code),
  -- log entry of the change
  exchange       uuid NOT NULL,
  at             timestamptz NOT NULL,
  -- of a dataset that is partitioned by period: its versions end with its period
  period         text,
  -- the transition that is due next, and when; NULL: none is
  due_transition text,
  due_at         timestamptz,
  -- the row, with the names of the fields that changed
  sealed         bytea NOT NULL,
  PRIMARY KEY (dataset, key_hash, version),
  CHECK ((due_transition IS NULL) = (due_at IS NULL))
);
CREATE INDEX row_version_sequence ON row_version (dataset, sequence);

GRANT SELECT, INSERT, DELETE ON row_version TO datong_app;

-- Release: statistics, open streams, exports and feeds of changes.

-- Statistics of a batch that were released to one consumer. Suppressed cells stay suppressed in later batches.
CREATE TABLE statistic_cube (
  id       bigint GENERATED ALWAYS AS IDENTITY,
  dataset  text REFERENCES dataset(id),
  -- a department, including those it entrusted
  consumer text,
  batch    uuid,
  -- dimensions, sums, smallest group and row filter
  spec     jsonb NOT NULL,
  cells    jsonb NOT NULL,
  -- hex SHA-256 of dataset, batch and cells, as in the log entries
  digest   text NOT NULL,
  PRIMARY KEY (dataset, consumer, batch)
);
CREATE INDEX statistic_cube_last ON statistic_cube (dataset, consumer, id);

-- Open streams and provider connections. A process renews its lease; another process closes the streams of a crashed one in the
-- log.
CREATE TABLE release_stream (
  -- log entry that opened it
  id          uuid PRIMARY KEY,
  department  text NOT NULL,
  -- facts of the first log entry, for the last one
  facts       jsonb NOT NULL,
  lease_until timestamptz NOT NULL,
  kind        text NOT NULL DEFAULT 'stream' CHECK (kind IN ('stream', 'connector')),
  -- what streamsAtOnce of an agreement counts: department, dataset and purpose
  counter     text
);
CREATE INDEX release_stream_department ON release_stream (department);
CREATE INDEX release_stream_lease ON release_stream (lease_until);

-- Exports that are produced in the background. The row is deleted when it expires. Not part of backups.
CREATE TABLE release_export (
  -- log entry that requested it
  id         uuid PRIMARY KEY,
  department text NOT NULL,
  dataset    text NOT NULL,
  format     text NOT NULL CHECK (format IN ('ndjson', 'csv', 'xlsx')),
  state      text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'making', 'ready', 'failed')),
  -- problem code of a failed export
  code       text,
  -- SHA-256 of the signature of the request, and the sealed request
  request    text NOT NULL,
  asked      bytea NOT NULL,
  -- SHA-256 of the terms that it is produced under
  terms      bytea NOT NULL,
  parts      integer NOT NULL DEFAULT 0,
  rows       bigint NOT NULL DEFAULT 0,
  bytes      bigint NOT NULL DEFAULT 0,
  manifest   text,
  expires    timestamptz NOT NULL,
  CHECK ((code IS NULL) = (state <> 'failed')),
  CHECK ((manifest IS NULL) = (state <> 'ready'))
);
CREATE INDEX release_export_department ON release_export (department);
CREATE INDEX release_export_waiting ON release_export (id) WHERE state IN ('waiting', 'making');
CREATE INDEX release_export_expires ON release_export (expires);

-- Sealed bytes of exports.
CREATE TABLE release_export_chunk (
  export uuid REFERENCES release_export(id) ON DELETE CASCADE,
  at     bigint,
  bytes  integer NOT NULL,
  sealed bytea NOT NULL,
  PRIMARY KEY (export, at)
);
ALTER TABLE release_export_chunk ALTER COLUMN sealed SET STORAGE EXTERNAL;

-- Feeds of changes: position of each consumer in a dataset.
CREATE TABLE change_feed (
  -- agreement, consumer, purpose and dataset
  counter      text PRIMARY KEY,
  -- log entry that began it; a restarted feed has another id
  id           uuid NOT NULL UNIQUE,
  department   text NOT NULL,
  dataset      text NOT NULL,
  -- increases with each answer: of two simultaneous calls, one is decided again
  turn         bigint NOT NULL,
  -- answer that the consumer confirmed, and its position
  acknowledged uuid,
  place        jsonb NOT NULL,
  -- newest answer, and its position
  told         uuid NOT NULL,
  told_place   jsonb NOT NULL,
  asked_at     timestamptz NOT NULL
);
CREATE INDEX change_feed_asked ON change_feed (asked_at);

-- Feeds that ended. A job deletes their rows in portions.
CREATE TABLE change_feed_left (
  feed uuid PRIMARY KEY
);

-- What the consumer confirmed to hold.
CREATE TABLE change_held (
  feed    uuid,
  -- keyed hash of the row's key: the name of the row in the feed
  row     bytea,
  -- keyed hash of the released, masked row
  digest  bytea NOT NULL,
  -- the row's key, sealed, to look up whether the row still exists
  key     bytea NOT NULL,
  subject bytea,
  PRIMARY KEY (feed, "row")
);

-- What the newest answer contained. A deleted row has no digest.
CREATE TABLE change_told (
  feed    uuid,
  row     bytea,
  digest  bytea,
  key     bytea,
  subject bytea,
  PRIMARY KEY (feed, "row"),
  CHECK ((key IS NULL) = (digest IS NULL))
);

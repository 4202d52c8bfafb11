-- Intake: batches, their sealed bytes, rows that failed validation, changeovers, pulls from source databases.
-- The rows themselves are in tables of the schema "rows": one table per batch (snapshot) or per dataset (upsert).
-- The intake job creates those tables from the dataset's JSON Schema when the first batch arrives.

-- One row per submission. A batch in state "held" waits for a person.
CREATE TABLE batch (
  id             uuid PRIMARY KEY,
  dataset        text NOT NULL,
  department     text NOT NULL,
  state          text NOT NULL,
  bytes          bigint NOT NULL DEFAULT 0,
  sha256         text,
  mapping        text,
  mapping_digest text,
  schema_urn     text,
  records        bigint,
  rows_ok        bigint,
  rows_bad       bigint,
  skipped        bigint,
  -- problem code of a failed or held batch
  problem        text,
  same_as        uuid,
  opened_at      timestamptz NOT NULL DEFAULT now(),
  finished_at    timestamptz,
  -- process that translates this batch, and until when; the lease of a crashed process expires
  lease_owner    uuid,
  lease_until    timestamptz,
  -- log entry that reports the outcome, and the receipt if the reply had already been sent
  exchange       uuid,
  receipt        text,
  -- rows that were accepted although the reader had a doubt; NULL: none
  doubted        bigint,
  superseded_at  timestamptz,
  -- when the sealed bytes and the quarantined rows were destroyed
  raw_gone_at    timestamptz,
  -- number of cells with a warning
  warned         bigint,
  -- guards that stopped the batch
  findings       jsonb,
  held_until     timestamptz,
  published_at   timestamptz,
  -- person who approved it or made it current again
  approved_by    text,
  -- batch whose good rows are combined with the corrected rows of this one
  corrects       uuid,
  -- as the sender wrote it
  file_name      text,
  -- code page of a .cpg file next to a DBF table, as the sender read it
  code_page      text,
  -- control totals declared by the sender (对账文件)
  control        jsonb,
  -- headings of the file
  file_columns   text[],
  -- rounded range of the values of each field
  ranges         jsonb,
  -- rows that ask for the deletion of their key
  deletions      bigint,
  -- quality profile (质量概况): shares of empty and distinct values by field, rows with a repeated key
  profile        jsonb,
  -- bytes that an open batch announced, reserved on the disk
  declared       bigint CHECK (declared >= 0),
  -- when its last part arrived; an abandoned batch reserves nothing
  moved_at       timestamptz NOT NULL DEFAULT now(),
  -- progress of the translation, the same whichever process is asked
  progress       jsonb,
  -- batch whose stored bytes this one translates again with another mapping version
  retranslates   uuid REFERENCES batch(id),
  -- period of its oldest row, where rows are partitioned by period; the stored bytes are destroyed with that period
  oldest_period  text
);
CREATE INDEX batch_of_dataset ON batch (dataset, opened_at DESC);
CREATE INDEX batch_unfinished ON batch (lease_until) WHERE state = 'checking';
CREATE INDEX batch_open ON batch (department, opened_at) WHERE state = 'receiving';
CREATE INDEX batch_with_raw_bytes ON batch (finished_at) WHERE raw_gone_at IS NULL AND finished_at IS NOT NULL;
CREATE INDEX batch_held ON batch (held_until) WHERE state = 'held';
CREATE INDEX batch_published ON batch (dataset, published_at DESC) WHERE published_at IS NOT NULL;
CREATE INDEX batch_under_way ON batch (state) WHERE state IN ('receiving', 'checking');
CREATE INDEX batch_of_department ON batch (department, id);
CREATE INDEX batch_in_state ON batch (state, id);
CREATE INDEX batch_bytes ON batch (sha256);
CREATE INDEX batch_retranslates ON batch (retranslates) WHERE retranslates IS NOT NULL;
CREATE INDEX batch_newest_of_dataset ON batch (dataset, id);
CREATE INDEX batch_oldest_period ON batch (dataset, oldest_period) WHERE oldest_period IS NOT NULL;

-- Raw bytes as they arrived, sealed with the hub's sealing key.
CREATE TABLE batch_part (
  batch  uuid REFERENCES batch(id) ON DELETE CASCADE,
  -- offset of the first byte
  at     bigint,
  bytes  integer NOT NULL CHECK (bytes > 0),
  sha256 bytea NOT NULL,
  sealed bytea NOT NULL,
  PRIMARY KEY (batch, at)
);
ALTER TABLE batch_part ALTER COLUMN sealed SET STORAGE EXTERNAL;

-- First of the two approvals that a held batch needs.
CREATE TABLE batch_proposal (
  batch       uuid REFERENCES batch(id) ON DELETE CASCADE,
  act         text CHECK (act IN ('release', 'restore')),
  proposed_by text NOT NULL,
  reason      text NOT NULL,
  exchange    uuid NOT NULL,
  proposed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (batch, act)
);

-- Records that failed validation. The problems name line, column, heading, rule and the class of the value.
CREATE TABLE quarantine (
  batch    uuid REFERENCES batch(id) ON DELETE CASCADE,
  nth      bigint,
  line     bigint NOT NULL,
  problems jsonb NOT NULL,
  -- the raw fields
  sealed   bytea NOT NULL,
  PRIMARY KEY (batch, nth)
);

-- Replies to intake and management calls, returned again for the same key and the same bytes.
CREATE TABLE idempotency_outcome (
  department     text,
  operation      text,
  key            text,
  request_digest text NOT NULL,
  status         integer NOT NULL,
  content_type   text NOT NULL,
  body           bytea NOT NULL,
  exchange       uuid NOT NULL,
  at             timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (department, operation, key)
);
CREATE INDEX idempotency_outcome_at ON idempotency_outcome (at);

-- Expected batches that did not arrive (断报): one row per dataset and due day. Never deleted.
CREATE TABLE silence (
  dataset  text REFERENCES dataset(id),
  due      date,
  -- log entry that reported it
  exchange uuid NOT NULL,
  told_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (dataset, due)
);

-- Changeovers (换版) of a dataset to a new major version of its schema. The rows are prepared as a separate batch, and one log entry
-- switches.
CREATE TABLE changeover (
  -- log entry that began it
  id            uuid PRIMARY KEY,
  dataset       text NOT NULL REFERENCES dataset(id),
  from_schema   text NOT NULL REFERENCES schema_version(urn),
  to_schema     text NOT NULL REFERENCES schema_version(urn),
  -- mapping versions for the new schema version: name, version, document (JSON text), digest
  mappings      jsonb NOT NULL,
  reason        text NOT NULL,
  state         text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'switched', 'abandoned')),
  -- batch that is being filled or is ready
  batch         uuid REFERENCES batch(id),
  -- batch that was current when that one was begun
  over          uuid,
  -- batch whose stored bytes it is made of; NULL: its file was sent for the new version
  source        uuid,
  -- digests of the code lists in force at that time
  lists         text NOT NULL DEFAULT '',
  -- problem code: why the stored bytes could not be used
  trouble       text,
  needs_officer boolean NOT NULL,
  author        text NOT NULL REFERENCES person(id),
  approver      text REFERENCES person(id),
  officer       text REFERENCES person(id),
  -- digest of what was agreed to
  agreed        text,
  ended_by      uuid,
  -- mapping that reads the merged rows of an upsert dataset
  rows_by       text,
  -- last day on which the dataset answers under its previous version
  sunset        date,
  CONSTRAINT changeover_agreed CHECK (state <> 'open' OR approver IS NULL AND officer IS NULL OR agreed IS NOT NULL),
  CHECK (approver <> author AND officer <> author AND officer <> approver),
  CHECK ((state = 'open') = (ended_by IS NULL)),
  CHECK (state <> 'switched' OR approver IS NOT NULL AND (officer IS NOT NULL OR NOT needs_officer) AND batch IS NOT NULL)
);
CREATE UNIQUE INDEX changeover_open ON changeover (dataset) WHERE state = 'open';

-- Pulls (定时抽取): the source database that fills a dataset.
CREATE TABLE pull (
  dataset      text PRIMARY KEY REFERENCES dataset(id),
  document     jsonb NOT NULL,
  -- password, sealed
  secret       bytea NOT NULL,
  digest       text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  author       text NOT NULL REFERENCES person(id),
  approver     text NOT NULL REFERENCES person(id),
  exchange     uuid NOT NULL,
  set_at       timestamptz NOT NULL,
  asked_at     timestamptz,
  ended_by     text REFERENCES person(id),
  -- last day of a pause for maintenance of the source
  paused_until date,
  paused_by    text REFERENCES person(id),
  paused_at    timestamptz,
  pause_reason text,
  CHECK (approver <> author),
  CHECK (num_nulls(paused_until, paused_by, paused_at, pause_reason) IN (0, 4))
);

-- Runs of pulls. Whether the position of a run counts follows from the state of its batch.
CREATE TABLE pull_run (
  id       uuid PRIMARY KEY,
  dataset  text NOT NULL REFERENCES pull(dataset),
  reading  text NOT NULL CHECK (reading ~ '^[0-9a-f]{64}$'),
  period   text NOT NULL,
  begun_at timestamptz NOT NULL,
  ended_at timestamptz,
  outcome  text,
  complete boolean NOT NULL DEFAULT false,
  batch    uuid,
  rows     bigint NOT NULL DEFAULT 0,
  -- position in the source, sealed
  mark     bytea,
  CHECK ((ended_at IS NULL) = (outcome IS NULL))
);
CREATE INDEX pull_run_newest ON pull_run (dataset, begun_at DESC);

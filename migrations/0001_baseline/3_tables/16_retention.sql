-- Retention and destruction: legal holds, erasure of a subject, destruction of log entries and of periods of rows.
-- Hashes, checkpoints and proofs of the log stay when entries are destroyed.

-- Legal holds (法律保全): what no job and no decision may destroy before a day.
CREATE TABLE legal_hold (
  id          text PRIMARY KEY,
  kind        text NOT NULL CHECK (kind IN ('dataset', 'agreement', 'subject', 'entries')),
  -- id of a dataset or agreement, keyed hash of a subject in hex, or range of entries "first-last"
  target      text NOT NULL,
  reason      text NOT NULL,
  case_number text NOT NULL,
  until       timestamptz NOT NULL,
  digest      text NOT NULL,
  author      text NOT NULL,
  approver    text NOT NULL,
  exchange    uuid NOT NULL,
  lifted_by   text,
  lifted_why  text,
  CHECK (approver <> author),
  CHECK ((lifted_by IS NULL) = (lifted_why IS NULL))
);

-- Erasures of one person's tokens (主体标识销毁).
CREATE TABLE subject_erasure (
  -- log entry that first reported it; a restored older database has it reported again
  id       uuid PRIMARY KEY,
  exchange uuid NOT NULL,
  -- separate keyed hash of the person: a search for them reports that something was erased
  subject  bytea NOT NULL,
  before   timestamptz NOT NULL
);
CREATE INDEX subject_erasure_subject ON subject_erasure (subject);

-- What an erasure removed, per entry. Re-verification uses it to distinguish erased rows from lost ones.
CREATE TABLE erased_subject (
  idx        bigint,
  erasure    uuid REFERENCES subject_erasure(id),
  -- hash of the entry: a repeated erasure in a restored database applies to the same entry
  hash       bytea NOT NULL,
  -- positions of the removed tokens
  gone       integer[] NOT NULL,
  -- number of remaining tokens, and the commitment that their new salt opens
  count      integer NOT NULL,
  commitment text,
  PRIMARY KEY (idx, erasure),
  CHECK ((count = 0) = (commitment IS NULL))
);
CREATE INDEX erased_subject_erasure ON erased_subject (erasure);

-- Retention rules for log entries (日志留存期限).
CREATE TABLE retention_rule (
  -- class, or class@dataset
  id       text PRIMARY KEY,
  class    text NOT NULL CHECK (class IN ('exchange', 'reading')),
  dataset  text,
  -- NULL: no limit
  years    integer CHECK (years >= 3),
  reason   text NOT NULL,
  digest   text NOT NULL,
  author   text NOT NULL,
  approver text NOT NULL,
  exchange uuid NOT NULL,
  CHECK (approver <> author)
);

-- Orders of two persons to destroy expired entries.
CREATE TABLE destruction_order (
  -- log entry that reports it
  id       uuid PRIMARY KEY,
  before   timestamptz NOT NULL,
  author   text NOT NULL,
  approver text NOT NULL,
  CHECK (approver <> author)
);

-- What an order destroyed, one row per unit of 1,024 entries. The trigger of audit_entry allows deletion of the entries listed
-- here only.
CREATE TABLE entry_destruction (
  -- log entry that first reported it; a restored older database has it reported again
  id       uuid PRIMARY KEY,
  exchange uuid NOT NULL,
  first    bigint NOT NULL UNIQUE CHECK (first >= 0 AND (first % 1024::bigint) = 0),
  -- entries of the unit that stay, ascending
  stays    bigint[] NOT NULL,
  "order"  uuid NOT NULL
);

-- Keyed marks of destroyed exchanges. A party that asks for its own exchange by id is told that it was destroyed; the ids cannot
-- be read from here.
CREATE TABLE destroyed_exchange (
  -- keyed hash of the exchange's id; the key is outside the database
  mark    bytea PRIMARY KEY CHECK (octet_length(mark) = 16),
  -- index of its entry
  idx     bigint NOT NULL,
  -- parties that may be told, eight bytes each
  parties bytea NOT NULL CHECK ((octet_length(parties) % 8) = 0)
);

-- Periods of rows that were destroyed: how many rows of each batch, and in which log entry.
CREATE TABLE period_destruction (
  dataset  text REFERENCES dataset(id),
  period   text NOT NULL,
  batch    uuid,
  rows     bigint NOT NULL CHECK (rows > 0),
  exchange uuid,
  PRIMARY KEY (dataset, exchange, batch)
);
CREATE INDEX period_destruction_batch ON period_destruction (batch);

-- Datasets under a legal hold: holds in force, and for 30 days those that wait for their second approval. Destroying statements join it.
CREATE VIEW held_dataset AS
  SELECT target AS dataset FROM legal_hold WHERE kind = 'dataset' AND lifted_by IS NULL AND until > now()
  UNION
  SELECT body::jsonb #>> '{on,dataset}' FROM proposal
   WHERE state = 'waiting' AND operation = 'placeHold' AND body::jsonb #>> '{on,dataset}' IS NOT NULL
     AND proposed_at > now() - interval '30 days';

-- The same for every kind of hold.
CREATE VIEW standing_hold AS
  SELECT kind, target FROM legal_hold WHERE lifted_by IS NULL AND until > now()
  UNION
  SELECT CASE k.key WHEN 'subjectHash' THEN 'subject' ELSE k.key END,
         CASE k.key WHEN 'entries' THEN (k.value->>'first') || '-' || (k.value->>'last') ELSE k.value #>> '{}' END
    FROM proposal, jsonb_each(body::jsonb->'on') AS k
   WHERE state = 'waiting' AND operation = 'placeHold' AND proposed_at > now() - interval '30 days';

-- The audit log. Entries are written by the function append_flush only: one call is one flush and one transaction.
-- See docs/audit.md.

-- One row: size and root of the log. append_flush changes it by compare-and-swap, which orders all appends.
CREATE TABLE audit_head (
  id          smallint PRIMARY KEY CHECK (id = 1),
  size        bigint NOT NULL,
  root        bytea NOT NULL,
  -- roots of the complete subtrees, largest first, 32 bytes each
  frontier    bytea NOT NULL,
  -- MAC under a key outside the database; empty only while the log is empty
  mac         bytea NOT NULL,
  -- increases with each change to permissions
  state_epoch bigint NOT NULL
) WITH (fillfactor = 20);
INSERT INTO audit_head VALUES (1, 0, sha256(''), '', '', 1);

-- Log entries, 2^20 per partition so that partition bounds are tile bounds. Entries are never changed; destroy_entries alone
-- deletes.
CREATE TABLE audit_entry (
  idx      bigint PRIMARY KEY,
  at       timestamptz NOT NULL,
  id       uuid NOT NULL,
  consumer text,
  provider text,
  dataset  text,
  decision text NOT NULL,
  code     text,
  -- beginning of the key id; the whole id is in the leaf
  keyid    text,
  nonce    text,
  -- the bytes that were hashed, or these bytes packed by log/packing
  leaf     bytea NOT NULL,
  -- SHA-256(0x00 ‖ unpacked leaf): an entry whose leaf has another hash was altered
  hash     bytea NOT NULL
) PARTITION BY RANGE (idx);
CREATE INDEX audit_entry_id ON audit_entry (id);
CREATE INDEX audit_entry_at ON audit_entry USING brin (at);
-- entries without a department signature (of persons and of the hub), read when policy and log are compared
CREATE INDEX audit_entry_unsigned ON audit_entry (idx) WHERE nonce IS NULL;
CREATE TRIGGER audit_entry_is_append_only BEFORE DELETE OR UPDATE ON audit_entry
  FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_entry_is_not_emptied BEFORE TRUNCATE ON audit_entry
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

-- Tokens of the subjects of each entry, stored apart so that they can be erased.
CREATE TABLE audit_subject (
  idx    bigint NOT NULL,
  -- opens the commitment in the leaf
  salt   bytea NOT NULL,
  -- random, hence stored uncompressed
  tokens bytea[] NOT NULL
);
ALTER TABLE audit_subject ALTER COLUMN tokens SET STORAGE EXTERNAL;
-- a job merges the pending list; 32 MB hold what arrives between two runs, so no append has to merge it
CREATE INDEX audit_subject_tokens ON audit_subject USING gin (tokens) WITH (gin_pending_list_limit = 32768);
CREATE INDEX audit_subject_idx ON audit_subject USING brin (idx);

-- Values that an entry commits to and its receipt does not show. Deletable.
CREATE TABLE audit_private (
  exchange uuid PRIMARY KEY,
  salt     bytea NOT NULL,
  value    jsonb NOT NULL
);

-- Derived: full tiles of 256 hashes of subtrees of 256^level leaves (C2SP tlog-tiles).
CREATE TABLE audit_tile (
  level  smallint,
  n      bigint,
  hashes bytea NOT NULL CHECK (length(hashes) = 8192),
  PRIMARY KEY (level, n)
);

-- Signed checkpoints. Stored with their signature: no row here is ever signed later.
CREATE TABLE audit_checkpoint (
  size bigint PRIMARY KEY,
  note text NOT NULL,
  at   timestamptz NOT NULL DEFAULT now()
);

-- Cosignatures of checkpoints by witnesses.
CREATE TABLE audit_cosignature (
  size    bigint,
  witness text,
  -- signature line as in a note, including the line feed
  line    text NOT NULL,
  -- the cosigned checkpoint, signed by the log
  note    text NOT NULL,
  at      timestamptz NOT NULL,
  PRIMARY KEY (size, witness)
);

-- How far each witness has verified the log.
CREATE TABLE audit_witness (
  name          text PRIMARY KEY,
  size          bigint NOT NULL,
  cosigned_at   timestamptz,
  -- witness_unreachable, witness_ahead, witness_refused, witness_signature_invalid; NULL: no trouble
  trouble       text,
  trouble_since timestamptz
);

-- Search index of the log, derived by a job so that appends do not wait for it. A chunk is 1,024 entries.
CREATE TABLE audit_posting (
  -- first eight bytes of SHA-256(dimension ‖ 0 ‖ value)
  term   bigint,
  chunk  integer,
  -- entries of the chunk that hold the term: two bytes each, or from 64 on a bitmap of 128 bytes
  places bytea NOT NULL,
  PRIMARY KEY (term, chunk)
);

-- Chunks that are indexed, with the times of their entries.
CREATE TABLE audit_posted (
  chunk    integer PRIMARY KEY,
  first_at timestamptz NOT NULL,
  last_at  timestamptz NOT NULL
);

-- Values of the few dimensions that counts are grouped by.
CREATE TABLE audit_word (
  dimension text,
  value     text,
  PRIMARY KEY (dimension, value)
);

-- Calls per agreement and day. append_flush increases calls and refuses more than the ceiling.
CREATE TABLE agreement_quota (
  agreement text,
  day       date,
  calls     bigint NOT NULL,
  ceiling   bigint NOT NULL,
  PRIMARY KEY (agreement, day)
) WITH (fillfactor = 50);
CREATE INDEX agreement_quota_day ON agreement_quota (day);

-- Findings of the re-verification of the log.
CREATE TABLE log_finding (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code     text NOT NULL,
  -- the entry; NULL: the finding concerns the whole log
  index    bigint,
  found_at timestamptz NOT NULL,
  -- verification run in which it was last seen
  pass     bigint NOT NULL,
  -- as reported, without values of rows
  finding  jsonb NOT NULL,
  -- log entry that reports it
  exchange uuid NOT NULL,
  UNIQUE NULLS NOT DISTINCT (code, index)
);

SELECT create_audit_partition(0);

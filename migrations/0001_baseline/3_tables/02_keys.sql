-- Keys of the hub: its certificate authorities, the digests of its secret keys, the changes of the log's key.
-- All processes of one hub share these rows and so agree on the same keys.

-- Roots of the certificate authority after the first one, in the order in which they took over.
CREATE TABLE authority_root (
  nth      bigint PRIMARY KEY CHECK (nth > 0),
  pin      text NOT NULL,
  exchange uuid NOT NULL
);

-- Roots that two persons accepted as successor of root number "after". The newest acceptance counts.
CREATE TABLE authority_root_accepted (
  after    bigint,
  pin      text,
  exchange uuid,
  PRIMARY KEY (after, pin, exchange)
);

-- Revocation lists signed by a root.
CREATE TABLE authority_root_list (
  number   bigint NOT NULL CHECK (number > 0),
  list     text NOT NULL,
  exchange uuid,
  -- number of the root; 0: the first one
  root     bigint DEFAULT 0,
  -- SHA-256 of the text, computed by the database so that a caller cannot claim the digest of another text
  digest   bytea GENERATED ALWAYS AS (sha256(replace(list, '\', '\\')::bytea)) STORED,
  PRIMARY KEY (root, digest)
);

-- Certificates of intermediate authorities.
CREATE TABLE authority_intermediate (
  serial      text NOT NULL,
  certificate text NOT NULL,
  -- id of its log entry; NULL: restored from a key folder
  exchange    uuid,
  -- number of the root that signed it; 0: the first one
  root        bigint DEFAULT 0,
  -- SHA-256 of the text, computed by the database
  digest      bytea GENERATED ALWAYS AS (sha256(replace(certificate, '\', '\\')::bytea)) STORED,
  PRIMARY KEY (root, digest)
);

-- Digest of each long-lived secret key (an HMAC under that key). Processes compare their key folders with these rows; the first
-- process that writes a digest decides.
CREATE TABLE key_digest (
  name   text PRIMARY KEY,
  digest text NOT NULL,
  at     timestamptz NOT NULL DEFAULT now()
);

-- Statements, signed by the old and the new key, by which the log changed its key. Public: anchors.json contains them.
CREATE TABLE log_key_rotation (
  next_key   text PRIMARY KEY,
  old_key    text NOT NULL UNIQUE,
  -- smallest tree size that only the new key signs
  from_size  bigint NOT NULL CHECK (from_size > 0),
  statement  text NOT NULL UNIQUE,
  -- id of its log entry; NULL: restored from a key folder
  exchange   uuid,
  rotated_at timestamptz,
  CHECK (next_key <> old_key)
);

-- Attachments: files that rows name by id. Bytes and description of one are bound together: each sealed piece opens only with the dataset,
-- the field, the media type and the number of bytes that its row has here.
CREATE TABLE attachment (
  id          uuid PRIMARY KEY,
  dataset     text NOT NULL REFERENCES dataset(id),
  -- who uploads it; only its rows may name it
  department  text NOT NULL REFERENCES department(code),
  field       text NOT NULL,
  -- as the sender named the file; never released
  name        text NOT NULL,
  media_type  text NOT NULL,
  bytes       bigint NOT NULL CHECK (bytes > 0),
  -- declared when the upload begins, compared at its end
  sha256      bytea NOT NULL CHECK (length(sha256) = 32),
  -- bytes received so far
  received    bigint NOT NULL DEFAULT 0,
  -- receiving: parts may be sent; ready: rows may name it; removed: its bytes are being deleted
  state       text NOT NULL DEFAULT 'receiving' CHECK (state IN ('receiving', 'ready', 'removed')),
  -- where its bytes are, and the name of the upload there
  storage     text NOT NULL CHECK (storage IN ('database', 's3')),
  upload      text NOT NULL,
  opened_at   timestamptz NOT NULL,
  -- when a row last came that names it; an attachment without a row is removed some time after that
  used_at     timestamptz NOT NULL
);
CREATE INDEX attachment_of_field ON attachment (dataset, field, used_at);
CREATE INDEX attachment_open ON attachment (department, opened_at) WHERE state = 'receiving';
CREATE INDEX attachment_removed ON attachment (id) WHERE state = 'removed';

-- Parts of an upload, as the sender sent them.
CREATE TABLE attachment_part (
  attachment uuid NOT NULL REFERENCES attachment ON DELETE CASCADE,
  at         bigint NOT NULL,
  sha256     bytea NOT NULL,
  -- name that the storage gave to the part
  tag        text NOT NULL,
  PRIMARY KEY (attachment, at)
);

-- Bytes of attachments that are stored in the database, sealed piece by piece.
CREATE TABLE attachment_piece (
  attachment uuid NOT NULL REFERENCES attachment ON DELETE CASCADE,
  piece      integer NOT NULL,
  sealed     bytea NOT NULL,
  PRIMARY KEY (attachment, piece)
);
-- sealed bytes do not compress
ALTER TABLE attachment_piece ALTER COLUMN sealed SET STORAGE EXTERNAL;

GRANT SELECT, INSERT, DELETE ON attachment TO datong_app;
GRANT UPDATE (received, state, used_at) ON attachment TO datong_app;
GRANT SELECT, INSERT, DELETE ON attachment_part, attachment_piece TO datong_app;

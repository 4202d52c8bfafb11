-- since when no row names a finished attachment: from its end until a row names it, and again from the sweep that finds it without a row
ALTER TABLE attachment ADD COLUMN unnamed_since timestamptz;
-- whether a row ever named it
ALTER TABLE attachment ADD COLUMN was_named boolean NOT NULL DEFAULT false;
UPDATE attachment SET was_named = true WHERE state = 'ready';
-- HMAC-SHA-256 over what a finished attachment was checked as, by a key that the database does not have. One without a valid MAC is not
-- released. NULL: not finished, or finished before this migration, by no release.
ALTER TABLE attachment ADD COLUMN mac bytea CHECK (octet_length(mac) = 32);
GRANT UPDATE (unnamed_since, was_named, mac) ON attachment TO datong_app;

-- bytes that a department may store before a row names them
DROP INDEX attachment_open;
CREATE INDEX attachment_waiting ON attachment (department) INCLUDE (bytes)
  WHERE state = 'receiving' OR (state = 'ready' AND NOT was_named);
CREATE INDEX attachment_overdue ON attachment (opened_at) WHERE state = 'receiving';

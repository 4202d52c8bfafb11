-- since when no row names a finished attachment: from its end until a row names it, and again from the sweep that finds it without a row
ALTER TABLE attachment ADD COLUMN unnamed_since timestamptz;
-- HMAC-SHA-256 over what a finished attachment was checked as, by a key that the database does not have. One without a valid MAC is not
-- released. NULL: not finished, or finished before this migration, by no release.
ALTER TABLE attachment ADD COLUMN mac bytea CHECK (octet_length(mac) = 32);
GRANT UPDATE (unnamed_since, mac) ON attachment TO datong_app;

-- bytes that a department may store without a row
DROP INDEX attachment_open;
CREATE INDEX attachment_waiting ON attachment (department) WHERE state = 'receiving' OR (state = 'ready' AND unnamed_since IS NOT NULL);
CREATE INDEX attachment_overdue ON attachment (opened_at) WHERE state = 'receiving';

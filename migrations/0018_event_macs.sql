-- HMAC-SHA-256 over topic, number, source, id, type, time, subject and content of an event, by a key that the database does not have. An
-- event without a valid MAC is not delivered. NULL: stored before this migration, by no release.
ALTER TABLE event ADD COLUMN mac bytea CHECK (octet_length(mac) = 32);

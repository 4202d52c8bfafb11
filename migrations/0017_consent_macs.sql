-- MAC of a consent state that was given, over what a decision uses, by a key that the database does not have: first 16 bytes of an
-- HMAC-SHA-256. NULL: the state is compared with its seal when it is read. A superuser's change is so noticed by the next call.
ALTER TABLE consent_standing ADD COLUMN mac bytea CHECK (octet_length(mac) = 16);

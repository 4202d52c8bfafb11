-- Which version of a sum each process of the hub wrote last, so that a process notices that others went on from a state without its own
-- changes. JSON; processes of earlier releases leave it as it was.
ALTER TABLE row_sum ADD COLUMN writers text;
-- HMAC-SHA-256 over table and writers
ALTER TABLE row_sum ADD COLUMN writers_mac bytea CHECK (octet_length(writers_mac) = 32);

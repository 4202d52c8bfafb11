-- Rows by call: one batch collects the rows of all calls of a day.
-- Calls that brought its rows; NULL: it came as a file.
ALTER TABLE batch ADD COLUMN calls bigint CHECK (calls > 0);

-- The highest number of the versions (row_version) of deleted rows, by dataset: a row that comes again begins after it, so that a change
-- that is based on the deleted row is refused.
CREATE TABLE row_version_ended (
  dataset text PRIMARY KEY REFERENCES dataset(id),
  version integer NOT NULL CHECK (version > 0)
);

GRANT SELECT, INSERT, UPDATE (version) ON row_version_ended TO datong_app;

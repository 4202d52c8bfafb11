-- Deadlines of transitions (intake.cases): warnings before them, and those that passed.
-- departments that may make the transition that is due
ALTER TABLE row_version ADD COLUMN due_by text[];
-- when these departments are warned
ALTER TABLE row_version ADD COLUMN warn_at timestamptz;
CREATE INDEX row_version_due ON row_version (due_at, sequence) WHERE due_at IS NOT NULL;
CREATE INDEX row_version_warn ON row_version (warn_at, sequence) WHERE warn_at IS NOT NULL;

-- Cases of which the departments were warned, or whose deadline passed, until the transition is made or the row is deleted.
CREATE TABLE case_notice (
  dataset     text NOT NULL REFERENCES dataset(id),
  -- of row_version
  key_hash    bytea NOT NULL,
  -- the version that was the newest when it was noticed
  version     integer NOT NULL,
  transition  text NOT NULL,
  due_at      timestamptz NOT NULL,
  -- true: the deadline passed; false: the departments were warned
  missed      boolean NOT NULL,
  -- departments that may make the transition, by the newest version
  departments text[] NOT NULL,
  -- log entry that records it
  exchange    uuid NOT NULL,
  PRIMARY KEY (dataset, key_hash),
  -- goes with its row
  FOREIGN KEY (dataset, key_hash, version) REFERENCES row_version (dataset, key_hash, version) ON DELETE CASCADE
);

GRANT SELECT, INSERT, DELETE, UPDATE (version, missed, departments, exchange) ON case_notice TO datong_app;

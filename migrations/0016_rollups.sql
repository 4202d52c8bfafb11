-- Datasets that are computed from readings of another one: which buckets of time changed, and how far each computation has come.

-- Buckets that one call changed. Written with the call, deleted when every dataset that is computed from them has seen them.
CREATE TABLE rollup_change (
  -- the dataset with the readings
  dataset  text NOT NULL REFERENCES dataset(id),
  -- calls of a dataset come one after the other, so numbers are committed in their order
  sequence bigint GENERATED ALWAYS AS IDENTITY,
  -- of each bucket: values of the key without the time, as texts, and its first moment
  buckets  json NOT NULL,
  PRIMARY KEY (dataset, sequence)
);

-- How far a computed dataset has come. Each step moves the version, so that two processes never write the same step.
CREATE TABLE rollup_position (
  -- the computed dataset
  dataset  text PRIMARY KEY REFERENCES dataset(id),
  -- the dataset with the readings
  source   text NOT NULL REFERENCES dataset(id),
  version  bigint NOT NULL,
  -- number of the last call whose buckets are computed
  sequence bigint NOT NULL,
  -- what is computed, with the versions of both schemas: another computation begins anew
  definition text NOT NULL,
  -- where a computation of all buckets continues: values of the key without the time, and a moment; [] begins; NULL: it is complete
  place    json
);
CREATE INDEX rollup_position_source ON rollup_position (source);

GRANT SELECT, INSERT, DELETE ON rollup_change TO datong_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON rollup_position TO datong_app;

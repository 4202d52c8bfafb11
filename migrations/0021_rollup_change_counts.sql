-- How many buckets a call changed, so that a step of a computation can be limited before its buckets are read.
ALTER TABLE rollup_change ADD COLUMN bucket_count integer NOT NULL GENERATED ALWAYS AS (json_array_length(buckets)) STORED;

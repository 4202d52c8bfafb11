-- Rules over rows that come by call: rows that wait for them, and what they remember of each series.

-- Rows of one call, of a dataset with rules. Written with the call, deleted when the rules have seen them.
CREATE TABLE series_change (
  dataset   text NOT NULL REFERENCES dataset(id),
  -- calls of a dataset come one after the other, so numbers are committed in their order
  sequence  bigint GENERATED ALWAYS AS IDENTITY,
  -- names of the fields whose values the rows have
  fields    text[] NOT NULL,
  -- of each row: values of the key without the time, the time, values of the fields
  rows      json NOT NULL,
  stored_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (dataset, sequence)
);

-- How far the rules of a dataset have come. A change of states moves the version, so that two processes never apply the same rows.
CREATE TABLE event_rule_position (
  dataset text PRIMARY KEY REFERENCES dataset(id),
  version bigint NOT NULL,
  -- number of the last call that the rules have seen
  sequence bigint NOT NULL,
  -- names of the rules that the states are of
  rules   text[] NOT NULL
);

-- What a rule remembers of a series: its last readings, and whether it has fired.
CREATE TABLE event_rule_state (
  dataset text NOT NULL REFERENCES dataset(id),
  -- id and digest of the rule: another wording begins anew
  rule    text NOT NULL,
  -- JSON list of the values of the key without the time
  series  text NOT NULL,
  state   json NOT NULL,
  -- when it fires without a further reading; NULL: only a reading lets it fire
  due     timestamptz,
  PRIMARY KEY (dataset, rule, series)
);
CREATE INDEX event_rule_state_due ON event_rule_state (due) WHERE due IS NOT NULL;

GRANT SELECT, INSERT, DELETE ON series_change TO datong_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON event_rule_position, event_rule_state TO datong_app;

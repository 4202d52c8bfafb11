-- A subscription to a pattern of topics. Each topic that matches is decided under its own agreement.
DROP TRIGGER row_is_noted ON subscription;
ALTER TABLE subscription
  -- of a pattern NULL
  ALTER COLUMN topic DROP NOT NULL,
  ALTER COLUMN agreement DROP NOT NULL,
  DROP CONSTRAINT subscription_types_check,
  -- ids of topics, with * for any characters
  ADD COLUMN pattern text,
  -- of a pattern: events stored since then are received
  ADD COLUMN begins_at timestamptz,
  ADD CHECK ((topic IS NULL) = (pattern IS NOT NULL)),
  ADD CHECK ((pattern IS NULL) = (begins_at IS NULL)),
  ADD CHECK (pattern IS NOT NULL OR agreement IS NOT NULL AND cardinality(types) > 0);
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "department", "topic", "types", "agreement", "purpose", "on_behalf_of", "matter", "filter", "created_at", "ended_at", "ended_by", "pattern", "begins_at" ON subscription
  FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,department,topic,types,agreement,purpose,on_behalf_of,matter,filter,created_at,ended_at,ended_by,pattern,begins_at');

-- Where the consumer of a pattern is in each of its topics. Its rows are deleted when the subscription ends.
CREATE TABLE pattern_position (
  subscription uuid REFERENCES subscription(id),
  topic        text REFERENCES topic(id),
  -- number of the event up to which the consumer has acknowledged all; it only grows
  acknowledged bigint NOT NULL,
  PRIMARY KEY (subscription, topic)
);

GRANT SELECT, INSERT, DELETE ON pattern_position TO datong_app;
GRANT UPDATE (acknowledged) ON pattern_position TO datong_app;

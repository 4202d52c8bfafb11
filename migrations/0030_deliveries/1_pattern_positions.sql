-- The consumer of a pattern has a position for each type of event: what it was not granted before begins where the subscription begins.
ALTER TABLE pattern_position
  -- named by cursors
  ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY,
  ADD COLUMN type text REFERENCES topic_type(type),
  DROP CONSTRAINT pattern_position_pkey;
INSERT INTO pattern_position (subscription, topic, type, acknowledged)
  SELECT p.subscription, p.topic, y.type, p.acknowledged FROM pattern_position AS p JOIN topic_type AS y ON y.topic = p.topic;
DELETE FROM pattern_position WHERE type IS NULL;
ALTER TABLE pattern_position
  DROP COLUMN topic,
  ADD PRIMARY KEY (subscription, type);

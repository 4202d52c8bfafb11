-- Subscriptions to topics, a delivery of an agreement.
CREATE TABLE subscription (
  -- log entry that made it
  id           uuid PRIMARY KEY,
  -- the consumer
  department   text NOT NULL REFERENCES department(code),
  topic        text NOT NULL REFERENCES topic(id),
  types        text[] NOT NULL CHECK (cardinality(types) > 0),
  -- as signed when it was made; decided anew for each delivery
  agreement    text NOT NULL,
  purpose      text NOT NULL,
  on_behalf_of text,
  matter       text,
  -- conditions of the consumer, as of a query
  filter       jsonb NOT NULL,
  -- number of the event up to which the consumer has acknowledged all; it only grows
  acknowledged bigint NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  ended_at     timestamptz,
  -- log entry that ended it
  ended_by     uuid,
  CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX subscription_department ON subscription (department) WHERE ended_at IS NULL;
CREATE INDEX subscription_topic ON subscription (topic);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "department", "topic", "types", "agreement", "purpose", "on_behalf_of", "matter", "filter", "created_at", "ended_at", "ended_by" ON subscription
  FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,department,topic,types,agreement,purpose,on_behalf_of,matter,filter,created_at,ended_at,ended_by');

GRANT SELECT, INSERT ON subscription TO datong_app;
GRANT UPDATE (acknowledged, ended_at, ended_by) ON subscription TO datong_app;

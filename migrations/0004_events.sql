-- Events between departments: topics, their types and the events themselves (transactional outbox).

-- A dataset with mode events is one type of event. Its rows are in the table event.
ALTER TABLE dataset DROP CONSTRAINT dataset_mode_check;
ALTER TABLE dataset ADD CONSTRAINT dataset_mode_check CHECK (mode IN ('snapshot', 'upsert', 'live', 'events'));

-- Topics. A department publishes events to its own topics.
CREATE TABLE topic (
  id             text PRIMARY KEY,
  department     text NOT NULL REFERENCES department(code),
  title_zh       text NOT NULL,
  title_en       text NOT NULL,
  -- required field of every type; NULL: all events of the topic stay in order
  ordering_key   text,
  retention_days integer NOT NULL CHECK (retention_days BETWEEN 1 AND 365),
  -- hex SHA-256 of the canonical registration, as it stands now
  digest         text NOT NULL,
  -- number of the newest event; whoever publishes locks the row, so numbers have no gaps and are committed in their order
  last_sequence  bigint NOT NULL DEFAULT 0,
  registered_by  uuid NOT NULL,
  registered_at  timestamptz NOT NULL DEFAULT now(),
  -- log entry of the last change
  decided_by     uuid NOT NULL
);

-- Types of a topic. A type belongs to one topic and is never removed.
CREATE TABLE topic_type (
  type  text PRIMARY KEY REFERENCES dataset(id),
  topic text NOT NULL REFERENCES topic(id)
);
CREATE INDEX topic_type_topic ON topic_type (topic);

-- Events. They are inserted in the transaction of the log entry of their publication and never change.
CREATE TABLE event (
  topic     text NOT NULL REFERENCES topic(id),
  sequence  bigint NOT NULL CHECK (sequence > 0),
  -- id under which consumers get it
  id        uuid NOT NULL,
  type      text NOT NULL REFERENCES dataset(id),
  -- what the publisher calls it: source, line feed, id
  given     text NOT NULL,
  -- SHA-256 of the canonical text of the event as published
  digest    bytea NOT NULL,
  -- when it happened, as the publisher states
  time      timestamptz NOT NULL,
  -- schema version that it was validated against
  schema    text NOT NULL REFERENCES schema_version(urn),
  -- keyed hash of the subject of its data; NULL: no subject
  subject   bytea,
  -- JSON text; NUL can occur as an escape, which jsonb refuses
  data      text NOT NULL,
  -- log entry of its publication
  exchange  uuid NOT NULL,
  stored_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (topic, sequence)
);
CREATE UNIQUE INDEX event_given ON event (topic, given);
CREATE INDEX event_type ON event (type);
CREATE INDEX event_stored ON event (topic, stored_at);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "department", "title_zh", "title_en", "ordering_key", "retention_days", "digest", "registered_by", "registered_at", "decided_by" ON topic
  FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,department,title_zh,title_en,ordering_key,retention_days,digest,registered_by,registered_at,decided_by');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "type", "topic" ON topic_type
  FOR EACH ROW EXECUTE FUNCTION note_row('type', 'type,topic');

GRANT SELECT, INSERT ON topic, topic_type TO datong_app;
GRANT UPDATE (title_zh, title_en, retention_days, digest, last_sequence, decided_by) ON topic TO datong_app;
GRANT SELECT, INSERT, DELETE ON event TO datong_app;

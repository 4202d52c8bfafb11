-- How often a person called a read without personal data on a day. Each row replaces as many log entries. A job writes the counts of a day
-- to the log when it has ended.
CREATE TABLE view_count (
  -- in the calendar of China
  day        date NOT NULL,
  person     text NOT NULL,
  operation  text NOT NULL,
  -- where the person works; NULL: in the data office
  department text,
  views      integer NOT NULL CHECK (views > 0),
  -- id of the log entry that has this count; NULL: not in the log yet
  entry      uuid,
  PRIMARY KEY (day, person, operation)
);
CREATE INDEX view_count_unlogged ON view_count (day, person) WHERE entry IS NULL;
GRANT SELECT, INSERT, DELETE, UPDATE (views, department, entry) ON view_count TO datong_app;

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "day", "person", "operation", "department", "views", "entry" ON view_count
  FOR EACH ROW EXECUTE FUNCTION note_row('day,person,operation', 'day,person,operation,department,views,entry');

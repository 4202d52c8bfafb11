-- Departments that are to be sent the closing of an event: all that it concerns where another event closed it, and those that received it
-- after it was closed. A row is stored with the closure or the delivery, and deleted with the log entry from which the hub publishes the
-- closing.
CREATE TABLE late_closing (
  event      uuid REFERENCES open_event(id),
  department text REFERENCES department(code),
  PRIMARY KEY (event, department)
);
GRANT SELECT, INSERT, DELETE ON late_closing TO datong_app;
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "event", "department" ON late_closing
  FOR EACH ROW EXECUTE FUNCTION note_row('event,department', 'event,department');

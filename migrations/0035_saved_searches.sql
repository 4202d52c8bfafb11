-- Saved searches are sealed: an auditor who runs one relies on its conditions.
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "person", "name", "question" ON saved_search
  FOR EACH ROW EXECUTE FUNCTION note_row('person,name', 'person,name,question');

-- The position up to which the log was read for duties is sealed: one that is set back would count answers twice, one that is set forward
-- would leave duties out.
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "next" ON duty_progress
  FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,next');

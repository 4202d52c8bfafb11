-- Why a person or machine of the publisher closed an event.
DROP TRIGGER row_is_noted ON open_event;
ALTER TABLE open_event
  -- NULL where another event or its time closed it, or before this release
  ADD COLUMN closing_code text,
  ADD COLUMN closing_reason text,
  ADD CHECK ((closing_code IS NULL) = (closing_reason IS NULL)),
  ADD CHECK (closing_code IS NULL OR cause = 'person');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "plan", "revision", "department", "topic", "type", "purpose", "close_key", "state", "opened_at", "opened_by", "ends_at", "closed_at", "closed_by", "cause", "closing_code", "closing_reason" ON open_event
  FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,plan,revision,department,topic,type,purpose,close_key,state,opened_at,opened_by,ends_at,closed_at,closed_by,cause,closing_code,closing_reason');

GRANT UPDATE (closing_code, closing_reason) ON open_event TO datong_app;

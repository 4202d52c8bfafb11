-- The receipt of a delivery is sealed with its row: a change of it is noted as a change of the others is.
DROP TRIGGER row_is_noted ON event_delivery;
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "event", "exchange", "subscription", "department", "at", "receipt" ON event_delivery
  FOR EACH ROW EXECUTE FUNCTION note_row('event,exchange', 'event,exchange,subscription,department,at,receipt');

-- The order of the statistics that one consumer of a dataset was shown: 1, 2, …; NULL in rows from before this column, which come first.
-- It is sealed, unlike "id".
ALTER TABLE statistic_cube ADD COLUMN nth integer CHECK (nth > 0);
DROP TRIGGER row_is_noted ON statistic_cube;
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "dataset", "consumer", "batch", "spec", "cells", "digest", "nth" ON statistic_cube
  FOR EACH ROW EXECUTE FUNCTION note_row('dataset,consumer,batch', 'dataset,consumer,batch,spec,cells,digest,nth');

-- Rows that belong to one row are compared with their seals before it is shown or changed.
DROP INDEX row_seal_owner;
CREATE INDEX row_seal_owner ON row_seal (split_part(key, E'\x1f', 1))
 WHERE table_name IN ('request_event', 'procedure', 'demand_event', 'dispute_event', 'ticket_told', 'event_step', 'event_escalation', 'event_delivery');

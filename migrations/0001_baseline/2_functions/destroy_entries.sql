-- Destroys the entries of one unit that an order lists, with their subjects. The only way for datong_app to delete entries.
-- Refuses entries younger than three years, the term of the law. Returns the number of deleted entries.
CREATE FUNCTION destroy_entries(wanted uuid, terms bigint[])
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      unit entry_destruction;
      done bigint;
    BEGIN
      SELECT * INTO STRICT unit FROM entry_destruction WHERE id = wanted;
      IF EXISTS (SELECT 1 FROM audit_entry WHERE idx >= unit.first AND idx < unit.first + 1024
                    AND idx <> ALL (unit.stays) AND at > now() - interval '3 years') THEN
        RAISE EXCEPTION 'entries younger than 3 years are not destroyed';
      END IF;
      DELETE FROM audit_private AS p USING audit_entry AS e
       WHERE e.idx >= unit.first AND e.idx < unit.first + 1024 AND e.idx <> ALL (unit.stays) AND p.exchange = e.id;
      DELETE FROM audit_subject WHERE idx >= unit.first AND idx < unit.first + 1024 AND idx <> ALL (unit.stays);
      DELETE FROM audit_posting WHERE chunk = unit.first / 1024 AND term = ANY (terms);
      DELETE FROM audit_entry WHERE idx >= unit.first AND idx < unit.first + 1024 AND idx <> ALL (unit.stays);
      GET DIAGNOSTICS done = ROW_COUNT;
      RETURN done;
    END $$;

-- Deletes the subject rows (and the private values, where no token stays) that an erasure lists.
-- The only way for datong_app to delete rows of audit_subject. Rows that keep tokens are inserted again by the caller.
CREATE FUNCTION erase_subject_rows(wanted uuid)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      done bigint;
    BEGIN
      DELETE FROM audit_private AS p USING erased_subject AS s, audit_entry AS e
       WHERE s.erasure = wanted AND s.count = 0 AND e.idx = s.idx AND p.exchange = e.id;
      DELETE FROM audit_subject AS a USING erased_subject AS s WHERE s.erasure = wanted AND a.idx = s.idx;
      GET DIAGNOSTICS done = ROW_COUNT;
      RETURN done;
    END $$;

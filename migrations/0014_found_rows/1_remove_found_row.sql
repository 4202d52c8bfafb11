-- Two persons may remove a row that the job verifyRows found. The hub may delete from few sealed tables, so this function does it, and
-- only for a row of a sealed table with an open finding. Arguments: table, columns of its key, the key as in row_seal.
CREATE OR REPLACE FUNCTION remove_found_row(wanted text, columns text[], row_key text)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  done bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_trigger
                  WHERE tgname = 'row_is_noted' AND tgrelid = to_regclass(format('public.%I', wanted)))
     OR NOT EXISTS (SELECT FROM log_finding WHERE code IN ('row_altered', 'row_unsealed') AND split_part(about, ' ', 1) = wanted) THEN
    RAISE EXCEPTION 'no row of % was found', wanted;
  END IF;
  EXECUTE format('DELETE FROM public.%I WHERE concat_ws(E''\x1f'', %s) = $1', wanted,
    (SELECT string_agg(format('coalesce(%I::text, '''')', c), ', ' ORDER BY n) FROM unnest(columns) WITH ORDINALITY AS part (c, n)))
    USING row_key;
  GET DIAGNOSTICS done = ROW_COUNT;
  RETURN done;
END $$;

-- Trigger of schema_version: only a draft may be deleted.
CREATE FUNCTION keep_schema_version()
RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> 'draft' THEN RAISE EXCEPTION 'a schema version that was submitted is never removed'; END IF;
  RETURN OLD;
END $$;

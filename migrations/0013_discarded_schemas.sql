-- A published version that nothing ever used may be removed. Foreign keys refuse it for datasets, changeovers, events and successors.
CREATE OR REPLACE FUNCTION keep_schema_version()
RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state NOT IN ('draft', 'published') THEN
    RAISE EXCEPTION 'a schema version that is in review, deprecated or retired is never removed';
  END IF;
  IF OLD.state = 'published' AND (
    EXISTS (SELECT 1 FROM batch WHERE schema_urn = OLD.urn)
    OR EXISTS (SELECT 1 FROM schema_version AS later
                WHERE later.name = OLD.name AND later.major = OLD.major AND later.minor > OLD.minor))
  THEN
    RAISE EXCEPTION 'a schema version that was used is never removed';
  END IF;
  RETURN OLD;
END $$;

-- Trigger of audit_entry: entries are never changed, and only those that a destruction lists are deleted.
-- It guards against mistakes, not against an administrator; copies outside the database defeat those.
-- The hub compares this body with the one in the database and reports a difference.
CREATE FUNCTION refuse_audit_change()
RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF EXISTS (SELECT 1 FROM public.entry_destruction AS d
                WHERE d.first = OLD.idx - OLD.idx % 1024 AND OLD.idx <> ALL (d.stays)) THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'entries of the audit log are never changed or removed before their time is over';
END $$;

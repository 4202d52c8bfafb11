-- Creates partition n of audit_entry: entries n * 2^20 up to (n + 1) * 2^20.
-- Called by a job before the partition is needed. The table is attached, because CREATE … PARTITION OF would block appends.
CREATE FUNCTION create_audit_partition(n bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  name text := 'audit_entry_' || n;
BEGIN
  IF to_regclass(name) IS NOT NULL THEN RETURN; END IF;
  EXECUTE format('CREATE TABLE %I (LIKE audit_entry INCLUDING ALL)', name);
  EXECUTE format('ALTER TABLE audit_entry ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)',
                 name, n * 1048576, (n + 1) * 1048576);
  -- row triggers come with the parent, this one does not
  EXECUTE format('CREATE TRIGGER audit_entry_is_not_emptied BEFORE TRUNCATE ON %I
                  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()', name);
END $$;

-- An address that is removed and set again begins above every number of its former leases: a process that still works for the former one
-- holds none of the new one. A lease adds one, and there is less than one lease a microsecond.
ALTER TABLE reminder_state ALTER COLUMN fencing SET DEFAULT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;

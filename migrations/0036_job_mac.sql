-- What a process states of a job, under a MAC of the hub: that it runs it until the end of its lease, or when a run ended and how. NULL: it
-- was changed past the hub, or by a process of an earlier release.
ALTER TABLE job ADD COLUMN mac bytea;

-- How the last run of a job ended, under a MAC of the hub, also while the next one is under way. NULL: as `mac`.
ALTER TABLE job ADD COLUMN end_mac bytea;

-- Feeds of changes that the hub searches by itself: it publishes that their consumer would receive changes.
ALTER TABLE change_feed
  -- agreement, purpose, official, case number and fields of the newest call: each search is decided by them. NULL: no call since this release
  ADD COLUMN asked jsonb,
  -- what the newest search without a change was based on, and when it is due again in any case
  ADD COLUMN searched jsonb,
  -- `turn` for which the event was published: the next one follows the next answer
  ADD COLUMN noticed_turn bigint,
  -- no search before then: the searches before it failed
  ADD COLUMN search_at timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN failed_searches integer NOT NULL DEFAULT 0;

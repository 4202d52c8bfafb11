-- Reminders are delivered by the dispatcher that delivers events: one lease and one retry state for each address, several reminders in
-- order, and dead letters.

-- Where the deliveries to an address are. Its rows change with each delivery; they go with the address.
CREATE TABLE reminder_state (
  kind          text,
  owner         text,
  way           text,
  -- the next reminder is due then
  next_at       timestamptz NOT NULL DEFAULT now(),
  -- attempts that failed since the last reminder that was taken, and when the first of them failed
  attempts      integer NOT NULL DEFAULT 0,
  failing_since timestamptz,
  -- code of the problem of the last attempt, and the status that the server answered with
  trouble       text,
  status        integer,
  delivered_at  timestamptz,
  -- until then one process works for it; a later one has a larger number
  leased_until  timestamptz NOT NULL DEFAULT now(),
  fencing       bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (kind, owner, way),
  FOREIGN KEY (kind, owner, way) REFERENCES reminder_address(kind, owner, way) ON DELETE CASCADE
);
GRANT SELECT, INSERT ON reminder_state TO datong_app;
GRANT UPDATE (next_at, attempts, failing_since, trouble, status, delivered_at, leased_until, fencing) ON reminder_state TO datong_app;

-- What an attempt that was under way at the end of the former release sent, is sent again under the same id two minutes after it began.
INSERT INTO reminder_state (kind, owner, way, next_at, attempts, failing_since, trouble, delivered_at)
SELECT a.kind, a.owner, a.way, least(coalesce(r.next_at, now()), now() + interval '10 minutes'),
       CASE WHEN r.trouble IS NULL THEN 0 ELSE r.attempts END,
       CASE WHEN r.trouble IS NOT NULL THEN r.made_at END,
       r.trouble,
       CASE WHEN r.trouble IS NULL THEN r.ended_at END
  FROM reminder_address AS a LEFT JOIN LATERAL (
    SELECT * FROM reminder WHERE kind = a.kind AND owner = a.owner AND way = a.way ORDER BY made_at DESC LIMIT 1) AS r ON true;

-- A reminder that was taken is deleted.
DELETE FROM reminder WHERE ended_at IS NOT NULL AND trouble IS NULL;
ALTER TABLE reminder
  -- queued: not taken yet; dead: nothing is done; waiting: a dead letter that is sent again
  ADD COLUMN state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'dead', 'waiting')),
  ADD COLUMN died_at timestamptz,
  -- since when it is sent again
  ADD COLUMN replayed_at timestamptz;
UPDATE reminder SET state = 'dead', died_at = ended_at WHERE ended_at IS NOT NULL;
UPDATE reminder SET trouble = NULL WHERE state = 'queued';
ALTER TABLE reminder DROP COLUMN attempts, DROP COLUMN next_at, DROP COLUMN ended_at;
DROP INDEX reminder_newest;
CREATE INDEX reminder_order ON reminder (kind, owner, way, made_at, id);

-- Legal holds that wait for their second person: what they protect until a moment. Destruction compares these rows with their seals; all
-- proposals would take seconds. A row is stored with its proposal, and deleted with the decision on it. The view held_dataset reads the
-- proposals, as processes of the release before do; no foreign key, so that an altered proposal can be removed and the hold goes on.
CREATE TABLE waiting_hold (
  proposal uuid PRIMARY KEY,
  -- as in legal_hold
  kind     text NOT NULL,
  target   text NOT NULL,
  until    timestamptz NOT NULL
);
INSERT INTO waiting_hold (proposal, kind, target, until)
  SELECT id, CASE k.key WHEN 'subjectHash' THEN 'subject' ELSE k.key END,
         CASE k.key WHEN 'entries' THEN (k.value->>'first') || '-' || (k.value->>'last') ELSE k.value #>> '{}' END,
         proposed_at + interval '30 days'
    FROM proposal, jsonb_each(body::jsonb->'on') AS k
   WHERE state = 'waiting' AND operation = 'placeHold';
GRANT SELECT, INSERT, DELETE ON waiting_hold TO datong_app;
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "proposal", "kind", "target", "until" ON waiting_hold
  FOR EACH ROW EXECUTE FUNCTION note_row('proposal', 'proposal,kind,target,until');

-- A stage that was reached while the type of its notices was suspended names its event once it is published.
GRANT UPDATE (notice) ON event_escalation TO datong_app;
-- The search for them reads only those.
CREATE INDEX event_escalation_silent ON event_escalation (at) WHERE notice IS NULL;
-- Series under whose rules events wait for their type.
CREATE INDEX event_rule_state_held ON event_rule_state (dataset, rule) WHERE state -> 'held' IS NOT NULL;

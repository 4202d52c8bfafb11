-- Pages that stay open are notified of what changed in open events since a moment.
CREATE INDEX open_event_opened ON open_event (opened_at);
CREATE INDEX open_event_closed ON open_event (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX event_step_due ON event_step (due_at);
CREATE INDEX event_step_answered ON event_step (answered_at) WHERE answered_at IS NOT NULL;
CREATE INDEX event_acknowledgement_at ON event_acknowledgement (at);
CREATE INDEX event_escalation_at ON event_escalation (at);
CREATE INDEX event_delivery_at ON event_delivery (at);

ALTER TABLE event_delivery
  -- log entry of the consumer's signed receipt; NULL: it signed none
  ADD COLUMN receipt uuid;

-- Webhooks: the sink of a subscription to which the hub delivers by itself. A subscription without one is pulled.
CREATE TABLE webhook (
  subscription  uuid PRIMARY KEY REFERENCES subscription(id),
  -- sealed: it may hold a token
  url           bytea NOT NULL,
  -- events of one message, at most
  batch         integer NOT NULL CHECK (batch BETWEEN 1 AND 1000),
  -- sealed; signs each message (Standard Webhooks)
  secret        bytea NOT NULL,
  -- sealed; the secret before the last rotation signs too until then
  former_secret bytea,
  former_until  timestamptz,
  -- certificate and signing key of the call that made it, or was the last to resume it or to rotate its secret
  certificate   text NOT NULL,
  keyid         text NOT NULL,
  -- when the endpoint answered the challenge; NULL: it gets no events
  proven_at     timestamptz,
  CHECK ((former_secret IS NULL) = (former_until IS NULL))
);

-- Where the deliveries of a webhook are. Its rows change with each delivery.
CREATE TABLE webhook_state (
  subscription  uuid PRIMARY KEY REFERENCES webhook(subscription),
  -- number of the event up to which all were delivered, withheld or became dead letters; it only grows
  position      bigint NOT NULL,
  paused_at     timestamptz,
  -- the next message is due then
  next_at       timestamptz NOT NULL DEFAULT now(),
  -- messages that failed since the last one that was taken, and when the first of them failed
  attempts      integer NOT NULL DEFAULT 0,
  failing_since timestamptz,
  -- why nothing is delivered now: what the last delivery failed by, or what the release flow refused
  trouble       text,
  -- HTTP status of the failed delivery
  status        integer,
  delivered_at  timestamptz,
  -- until then one process works for it; a later one has a larger number
  leased_until  timestamptz NOT NULL DEFAULT now(),
  fencing       bigint NOT NULL DEFAULT 0
);

-- Events that a webhook did not take in time, and those of them that are sent again. They go with their event.
CREATE TABLE dead_letter (
  subscription uuid NOT NULL REFERENCES webhook(subscription),
  topic        text NOT NULL,
  sequence     bigint NOT NULL,
  -- dead: nothing is done; waiting: it is sent again
  state        text NOT NULL CHECK (state IN ('dead', 'waiting')),
  -- what the last delivery failed by
  trouble      text NOT NULL,
  died_at      timestamptz NOT NULL,
  -- since when it is sent again
  replayed_at  timestamptz,
  PRIMARY KEY (subscription, sequence),
  FOREIGN KEY (topic, sequence) REFERENCES event (topic, sequence) ON DELETE CASCADE
);
CREATE INDEX dead_letter_event ON dead_letter (topic, sequence);
CREATE INDEX dead_letter_waiting ON dead_letter (subscription, sequence) WHERE state = 'waiting';

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "subscription", "url", "batch", "secret", "former_secret", "former_until", "certificate", "keyid", "proven_at" ON webhook
  FOR EACH ROW EXECUTE FUNCTION note_row('subscription', 'subscription,url,batch,secret,former_secret,former_until,certificate,keyid,proven_at');

GRANT SELECT, INSERT ON webhook TO datong_app;
GRANT UPDATE (secret, former_secret, former_until, certificate, keyid, proven_at) ON webhook TO datong_app;
GRANT SELECT, INSERT ON webhook_state TO datong_app;
GRANT UPDATE (position, paused_at, next_at, attempts, failing_since, trouble, status, delivered_at, leased_until, fencing) ON webhook_state TO datong_app;
GRANT SELECT, INSERT, DELETE ON dead_letter TO datong_app;
GRANT UPDATE (state, trouble, died_at, replayed_at) ON dead_letter TO datong_app;

-- Trigger of consent_standing, deferred to the commit: assigns the version while the transaction holds the head of the log,
-- so versions increase in commit order. A new consent state needs no version here: no answer in progress was decided on it.
CREATE FUNCTION order_standing()
RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      UPDATE consent_standing SET version = nextval('consent_version')
       WHERE subject = NEW.subject AND recipient = NEW.recipient AND dataset = NEW.dataset AND purpose = NEW.purpose;
      RETURN NULL;
    END $$;

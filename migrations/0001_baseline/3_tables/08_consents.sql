-- Consents (个人同意). The signed artefacts and their events never change; consent_standing holds what follows from the newest event.
-- A subject is a keyed hash, the same as column _subject of the rows.

-- source of consent_standing.version
CREATE SEQUENCE consent_version;

-- What persons are shown before they consent. A text never changes; another text is another notice.
CREATE TABLE consent_notice (
  digest        text,
  reference     text NOT NULL,
  owner         text,
  language      text NOT NULL CHECK (language IN ('zh', 'en')),
  text          text NOT NULL,
  purposes      text[] NOT NULL,
  registered_by uuid NOT NULL,
  registered_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (digest, owner)
);
CREATE INDEX consent_notice_newest ON consent_notice (owner, language, registered_by);
-- one text per owner, reference and language, also under simultaneous registration
CREATE UNIQUE INDEX consent_notice_reference ON consent_notice (owner, reference, language);

-- Signed consents.
CREATE TABLE consent (
  id           text PRIMARY KEY,
  jws          text NOT NULL,
  subject      bytea NOT NULL,
  guardian     bytea,
  recipient    text NOT NULL,
  provider     text NOT NULL,
  dataset      text NOT NULL,
  collected_by text NOT NULL,
  notice       text NOT NULL,
  -- id of the log entry that accepted it
  exchange     uuid NOT NULL
);
CREATE INDEX consent_subject ON consent (subject);

-- Events of consents: given, withdrawn. Append-only.
CREATE TABLE consent_event (
  consent  text REFERENCES consent(id),
  type     text CHECK (type IN ('given', 'withdrawn')),
  at       timestamptz NOT NULL,
  exchange uuid NOT NULL,
  PRIMARY KEY (consent, type)
);

-- Consent state per subject, recipient, dataset and purpose.
CREATE TABLE consent_standing (
  subject      bytea,
  recipient    text,
  dataset      text,
  purpose      text,
  consent      text NOT NULL REFERENCES consent(id),
  state        text NOT NULL CHECK (state IN ('given', 'withdrawn')),
  fields       text[] NOT NULL,
  not_before   timestamptz NOT NULL,
  until        timestamptz NOT NULL,
  max_uses     integer,
  uses         integer NOT NULL DEFAULT 0,
  guardian     bytea,
  -- assigned at commit by order_standing, so versions increase in commit order; unchanged version = unchanged state
  version      bigint NOT NULL DEFAULT nextval('consent_version'),
  collected_by text NOT NULL,
  -- how long the recipient may retain the data: ISO 8601 period of whole days; NULL: not limited by the person
  retention    text,
  -- the consent as the text that each check reads, computed once instead of at each check
  terms        text NOT NULL GENERATED ALWAYS AS (standing_terms(state, collected_by, fields, max_uses, guardian, retention)) STORED,
  PRIMARY KEY (subject, recipient, dataset, purpose)
) WITH (fillfactor = 80);
-- NOT VALID: rows from before the rule existed may break it
ALTER TABLE consent_standing ADD CONSTRAINT consent_standing_retention CHECK (retention ~ '^P[0-9YMWD]+$') NOT VALID;
CREATE INDEX consent_standing_consent ON consent_standing (consent);
-- finds consent states that changed after a version
CREATE INDEX consent_standing_order ON consent_standing (recipient, dataset, purpose, version);
-- a page under consent looks up a thousand subjects: a hash index finds one in two page reads, the primary key in four
CREATE INDEX consent_standing_subject ON consent_standing USING hash (subject);
CREATE CONSTRAINT TRIGGER consent_standing_is_ordered
  AFTER UPDATE OF consent, state, fields, not_before, until, max_uses, guardian, collected_by
  ON consent_standing DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION order_standing();
CREATE CONSTRAINT TRIGGER consent_standing_used_up AFTER UPDATE OF uses
  ON consent_standing DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (new.uses > old.uses AND new.uses >= new.max_uses) EXECUTE FUNCTION order_standing();

-- Consents on paper, entered by two persons of the collecting department. A form counts once.
CREATE TABLE paper_consent (
  consent      text PRIMARY KEY REFERENCES consent(id),
  collector    text NOT NULL REFERENCES department(code),
  form         text NOT NULL,
  -- hex SHA-256
  scan         text NOT NULL UNIQUE,
  taken_on     date NOT NULL,
  taken_by     text NOT NULL REFERENCES person(id),
  confirmed_by text NOT NULL REFERENCES person(id),
  UNIQUE (collector, form),
  CHECK (confirmed_by <> taken_by)
);

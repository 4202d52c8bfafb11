-- Tickets (数据校核 of a department, 异议 of a person) that report wrong or missing data, and disputes (共享争议).

-- numbers of tickets
CREATE SEQUENCE ticket_number;

-- numbers of disputes
CREATE SEQUENCE dispute_number;

-- Tickets.
CREATE TABLE ticket (
  id          text PRIMARY KEY,
  opener      text NOT NULL REFERENCES department(code),
  -- opened by a department for itself, at its counter for a person, or in its service for a person
  origin      text NOT NULL CHECK (origin IN ('department', 'counter', 'service', 'own')),
  -- staff member who opened it; NULL: a machine of the department
  person      text REFERENCES person(id),
  provider    text NOT NULL REFERENCES department(code),
  dataset     text NOT NULL,
  exchange    uuid,
  field       text,
  -- keyed hash of the person concerned
  subject     bytea CHECK (length(subject) = 32),
  -- their identifier, sealed, for the provider who has to find the row
  sealed_key  bytea,
  claim       text NOT NULL,
  state       text NOT NULL,
  opened_at   timestamptz NOT NULL,
  opened_by   uuid NOT NULL,
  answered_at timestamptz,
  answered_by uuid,
  reason      text,
  batch       uuid,
  -- what the person asks for: correction, copy or deletion (个人信息保护法 §§45–47)
  wish        text NOT NULL DEFAULT 'correction' CHECK (wish IN ('correction', 'copy', 'deletion')),
  CHECK ((subject IS NULL) = (sealed_key IS NULL)),
  CHECK (subject IS NOT NULL OR exchange IS NOT NULL),
  CHECK ((answered_at IS NULL) = (state = 'open')),
  CHECK (wish = 'correction' OR origin <> 'department' AND subject IS NOT NULL)
);
CREATE INDEX ticket_provider ON ticket (provider, id);
CREATE INDEX ticket_opener ON ticket (opener, id);
CREATE INDEX ticket_subject ON ticket (subject, id) WHERE subject IS NOT NULL;
-- a department reports one claim about one thing once
CREATE UNIQUE INDEX ticket_open
  ON ticket (opener, dataset, COALESCE(field, ''), COALESCE(subject, '\x'), COALESCE(exchange::text, ''), wish)
  WHERE state = 'open';
CREATE INDEX ticket_of_dataset ON ticket (dataset, id);
CREATE INDEX ticket_unanswered ON ticket (id) WHERE state = 'open';

-- Consumers that received the wrong value, and the answers that contained it.
CREATE TABLE ticket_told (
  ticket    text REFERENCES ticket(id),
  consumer  text,
  exchanges uuid[] NOT NULL,
  PRIMARY KEY (ticket, consumer)
);
CREATE INDEX ticket_told_consumer ON ticket_told (consumer, ticket);

-- Disputes: between two departments, then before the data office, then before the government.
CREATE TABLE dispute (
  id     text PRIMARY KEY,
  -- id of a request or ticket
  about  text NOT NULL,
  -- department that raised it, and the other one
  raised text NOT NULL REFERENCES department(code),
  other  text NOT NULL REFERENCES department(code),
  state  text NOT NULL
);
-- one open dispute per request or ticket
CREATE UNIQUE INDEX dispute_open ON dispute (about) WHERE state NOT IN ('settled', 'closed');
CREATE INDEX dispute_about ON dispute (about);
CREATE INDEX dispute_raised ON dispute (raised, id);
CREATE INDEX dispute_other ON dispute (other, id);

-- Events of disputes. Never changed.
CREATE TABLE dispute_event (
  dispute  text REFERENCES dispute(id),
  seq      integer,
  act      text NOT NULL,
  person   text NOT NULL REFERENCES person(id),
  at       timestamptz NOT NULL,
  said     text NOT NULL,
  -- hex SHA-256
  document text NOT NULL,
  exchange uuid NOT NULL,
  PRIMARY KEY (dispute, seq)
);

-- Requests (共享申请) for data in the catalogue, and demands (数据需求申请) for data that no catalogue entry offers.
-- The state of a request or demand follows from its events. Events never change, and each takes its sequence number once:
-- of two simultaneous answers, the second one finds the number taken.

-- numbers of requests
CREATE SEQUENCE request_number;

-- numbers of demands
CREATE SEQUENCE demand_number;

-- Versions of the request procedure of a city.
CREATE TABLE procedure (
  id            text,
  version       integer,
  document      jsonb NOT NULL,
  registered_by uuid NOT NULL,
  -- the highest one applies to new requests
  seq           bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  PRIMARY KEY (id, version)
);

-- Requests.
CREATE TABLE request (
  id                text PRIMARY KEY,
  consumer          text NOT NULL REFERENCES department(code),
  provider          text NOT NULL REFERENCES department(code),
  -- agreement that it asks for
  agreement         text NOT NULL,
  version           integer NOT NULL,
  -- NULL: the default procedure
  procedure         text,
  procedure_version integer,
  unconditional     boolean NOT NULL,
  -- true: no step is open
  closed            boolean NOT NULL,
  made_by           uuid NOT NULL,
  FOREIGN KEY (procedure, procedure_version) REFERENCES procedure(id, version)
);
CREATE INDEX request_open ON request (id) WHERE NOT closed;
CREATE INDEX request_consumer ON request (consumer, id);
CREATE INDEX request_provider ON request (provider, id);

-- Events of requests. Never changed.
CREATE TABLE request_event (
  request  text REFERENCES request(id),
  seq      integer,
  act      text NOT NULL,
  person   text NOT NULL REFERENCES person(id),
  at       timestamptz NOT NULL,
  -- documents, reasons, lists
  said     jsonb NOT NULL,
  exchange uuid NOT NULL,
  PRIMARY KEY (request, seq)
);

-- Templates of requests (申请模板), maintained by the data office. A change is a new revision, decided by two persons.
CREATE TABLE request_template (
  code          text,
  revision      integer CHECK (revision > 0),
  -- as it was registered
  document      jsonb NOT NULL,
  digest        text NOT NULL,
  -- department whose data it asks for
  provider      text NOT NULL REFERENCES department(code),
  datasets      text[] NOT NULL,
  matters       text[] NOT NULL,
  -- why it was withdrawn; NULL while it is in use
  withdrawn     text,
  superseded    boolean NOT NULL DEFAULT false,
  author        text NOT NULL REFERENCES person(id),
  approver      text NOT NULL REFERENCES person(id),
  registered_by uuid NOT NULL,
  registered_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (code, revision),
  CHECK (author <> approver)
);
CREATE UNIQUE INDEX request_template_live ON request_template (code) WHERE NOT superseded;

-- Demands. The data office assigns them to a provider or answers.
CREATE TABLE demand (
  id              text PRIMARY KEY,
  consumer        text NOT NULL REFERENCES department(code),
  -- department that it is assigned to
  provider        text REFERENCES department(code),
  title           text NOT NULL,
  fields          text[] NOT NULL,
  purpose         text NOT NULL,
  state           text NOT NULL,
  -- catalogue entry that meets it
  entry           text,
  -- working days of the data office and of the department
  office_days     integer NOT NULL,
  department_days integer NOT NULL,
  CHECK ((state = 'met') = (entry IS NOT NULL))
);
CREATE INDEX demand_in_state ON demand (state, id);
CREATE INDEX demand_consumer ON demand (consumer, id);
CREATE INDEX demand_provider ON demand (provider, id);

-- Events of demands. Never changed.
CREATE TABLE demand_event (
  demand   text REFERENCES demand(id),
  seq      integer,
  act      text NOT NULL,
  person   text NOT NULL REFERENCES person(id),
  at       timestamptz NOT NULL,
  said     text NOT NULL,
  provider text,
  exchange uuid NOT NULL,
  PRIMARY KEY (demand, seq)
);

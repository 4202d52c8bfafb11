-- Response plans (预案), the events that are open under them, and what is due in each.

-- Response plans, a row a revision. Two persons of the publishing department make one.
CREATE TABLE response_plan (
  code          text,
  revision      integer CHECK (revision > 0),
  -- as it was registered
  document      jsonb NOT NULL,
  digest        text NOT NULL,
  -- owner of the type of event
  department    text NOT NULL REFERENCES department(code),
  topic         text NOT NULL REFERENCES topic(id),
  type          text NOT NULL REFERENCES topic_type(type),
  -- purpose that is open only while an event of the plan is; it stays bound to plans for good
  purpose       text REFERENCES purpose(code),
  -- why it was withdrawn; NULL while events open under it
  withdrawn     text,
  superseded    boolean NOT NULL DEFAULT false,
  author        text NOT NULL REFERENCES person(id),
  approver      text NOT NULL REFERENCES person(id),
  registered_by uuid NOT NULL,
  registered_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (code, revision),
  CHECK (author <> approver)
);
CREATE UNIQUE INDEX response_plan_live ON response_plan (code) WHERE NOT superseded;
CREATE INDEX response_plan_topic ON response_plan (topic) WHERE NOT superseded;

-- Events under a plan. One opens in the transaction of its publication.
CREATE TABLE open_event (
  -- id under which consumers get the event
  id         uuid PRIMARY KEY,
  plan       text NOT NULL,
  revision   integer NOT NULL,
  department text NOT NULL REFERENCES department(code),
  topic      text NOT NULL REFERENCES topic(id),
  type       text NOT NULL REFERENCES topic_type(type),
  purpose    text REFERENCES purpose(code),
  -- SHA-256 of the value by which a later event closes it
  close_key  bytea,
  state      text NOT NULL,
  opened_at  timestamptz NOT NULL,
  -- log entry of its publication
  opened_by  uuid NOT NULL,
  -- then it closes by itself
  ends_at    timestamptz NOT NULL,
  closed_at  timestamptz,
  closed_by  uuid,
  -- a later event, a person, or its time
  cause      text CHECK (cause IN ('event', 'person', 'time')),
  FOREIGN KEY (plan, revision) REFERENCES response_plan (code, revision),
  CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
  CHECK ((closed_at IS NULL) = (closed_by IS NULL) AND (closed_at IS NULL) = (cause IS NULL))
);
CREATE INDEX open_event_plan ON open_event (plan, close_key) WHERE state = 'open';
CREATE INDEX open_event_purpose ON open_event (purpose) WHERE state = 'open';
CREATE INDEX open_event_ends ON open_event (ends_at) WHERE state = 'open';

-- What a department owes for an event: one row for each step of the plan that names it.
CREATE TABLE event_step (
  event       uuid REFERENCES open_event(id),
  step        text,
  department  text REFERENCES department(code),
  state       text NOT NULL,
  due_at      timestamptz NOT NULL,
  -- stages of escalation that were reached
  stage       integer NOT NULL DEFAULT 0,
  -- when the next stage is due, first the deadline itself; NULL: nothing more is due
  next_at     timestamptz,
  answered_at timestamptz,
  -- log entry
  answered_by uuid,
  PRIMARY KEY (event, step, department),
  CHECK ((answered_at IS NULL) = (answered_by IS NULL))
);
CREATE INDEX event_step_next ON event_step (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX event_step_department ON event_step (department, event);

-- Acknowledgements: each grade once by a department.
CREATE TABLE event_acknowledgement (
  event      uuid REFERENCES open_event(id),
  department text REFERENCES department(code),
  grade      text,
  at         timestamptz NOT NULL,
  -- who signed for it; NULL: the department's machine
  person     text REFERENCES person(id),
  exchange   uuid NOT NULL,
  PRIMARY KEY (event, department, grade)
);

-- Stages of escalation that were reached.
CREATE TABLE event_escalation (
  event      uuid,
  step       text,
  department text,
  stage      integer CHECK (stage > 0),
  -- who is notified
  recipient  text NOT NULL REFERENCES department(code),
  role       text NOT NULL,
  due_at     timestamptz NOT NULL,
  at         timestamptz NOT NULL,
  exchange   uuid NOT NULL,
  -- the event that notifies subscribers; NULL where the plan names no type for it
  notice     uuid,
  PRIMARY KEY (event, step, department, stage),
  FOREIGN KEY (event, step, department) REFERENCES event_step (event, step, department)
);

-- Answers in which an event left, for those that were opened under a plan.
CREATE TABLE event_delivery (
  event        uuid REFERENCES open_event(id),
  -- log entry of the answer
  exchange     uuid,
  subscription uuid NOT NULL REFERENCES subscription(id),
  department   text NOT NULL REFERENCES department(code),
  at           timestamptz NOT NULL,
  PRIMARY KEY (event, exchange)
);

CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "code", "revision", "document", "digest", "department", "topic", "type", "purpose", "withdrawn", "superseded", "author", "approver", "registered_by", "registered_at" ON response_plan
  FOR EACH ROW EXECUTE FUNCTION note_row('code,revision', 'code,revision,document,digest,department,topic,type,purpose,withdrawn,superseded,author,approver,registered_by,registered_at');
CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF "id", "plan", "revision", "department", "topic", "type", "purpose", "close_key", "state", "opened_at", "opened_by", "ends_at", "closed_at", "closed_by", "cause" ON open_event
  FOR EACH ROW EXECUTE FUNCTION note_row('id', 'id,plan,revision,department,topic,type,purpose,close_key,state,opened_at,opened_by,ends_at,closed_at,closed_by,cause');

GRANT SELECT, INSERT ON response_plan, open_event, event_step, event_acknowledgement, event_escalation, event_delivery TO datong_app;
GRANT UPDATE (superseded) ON response_plan TO datong_app;
GRANT UPDATE (state, closed_at, closed_by, cause) ON open_event TO datong_app;
GRANT UPDATE (state, stage, next_at, answered_at, answered_by) ON event_step TO datong_app;

-- Evidence, saved searches of the log, and the board of leaders (看板).

-- Requests for evidence. A request about a person holds their log tokens until a second person decides, never their identifier.
CREATE TABLE evidence (
  id          uuid PRIMARY KEY,
  question    text NOT NULL,
  -- log tokens of the person: of released data, and of attempts
  tokens      bytea[],
  attempts    bytea[],
  reason      text NOT NULL,
  case_number text NOT NULL,
  -- size of the log at the time of the request; later entries are not part of it
  size        bigint NOT NULL,
  asked_by    text NOT NULL,
  asked_at    timestamptz NOT NULL,
  state       text NOT NULL CHECK (state IN ('waiting', 'released', 'refused')),
  answered_by text,
  -- number of subjects of a sealed list; NULL: ordinary evidence
  subjects    integer CHECK (subjects > 0),
  -- log tokens of the subjects of an incident, sealed by a key outside the database, for seven days
  sealed      bytea,
  CONSTRAINT evidence_check1 CHECK (tokens IS NULL OR (state = 'waiting') = (answered_by IS NULL)),
  CONSTRAINT evidence_check2 CHECK ((tokens IS NULL) = (attempts IS NULL)),
  CONSTRAINT evidence_check3 CHECK (sealed IS NULL OR subjects IS NOT NULL),
  CONSTRAINT evidence_check4 CHECK (subjects IS NULL OR tokens IS NOT NULL),
  CONSTRAINT evidence_two_persons CHECK (state = 'refused' OR answered_by <> asked_by)
);
CREATE INDEX evidence_waiting ON evidence (asked_at) WHERE state = 'waiting';
CREATE INDEX evidence_sealed ON evidence (asked_at) WHERE sealed IS NOT NULL;
CREATE INDEX evidence_in_state ON evidence (state, id);

-- Searches of the log that a person saved. The questions never name a subject.
CREATE TABLE saved_search (
  person   text,
  name     text,
  question text NOT NULL,
  PRIMARY KEY (person, name)
);

-- Calls per day, departments and dataset. Derived from the log; it can be derived again at any time.
CREATE TABLE board_day (
  day      date,
  consumer text,
  provider text,
  dataset  text,
  answered bigint NOT NULL,
  refused  bigint NOT NULL,
  PRIMARY KEY (day, consumer, provider, dataset)
);

-- Cases that data was released for. Derived from the log.
CREATE TABLE board_case (
  day      date NOT NULL,
  consumer text,
  matter   text,
  -- SHA-256 of the case number
  number   bytea,
  -- dataset.field of what was released with at least one row
  fields   text[] NOT NULL,
  PRIMARY KEY (consumer, matter, number)
);
CREATE INDEX board_case_day ON board_case (day);

-- How far the job has read the log. Updated in the transaction of the rows it derives.
CREATE TABLE board_progress (
  id   smallint PRIMARY KEY CHECK (id = 1),
  next bigint NOT NULL
);
INSERT INTO board_progress VALUES (1, 0);

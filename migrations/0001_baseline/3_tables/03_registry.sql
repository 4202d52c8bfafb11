-- Registry: schemas, code lists, purposes, datasets, mappings, and the proposals to change them.
-- Versions are append-only: datong_app may insert a version and may update its life-cycle columns, never its text.
-- Registered objects have an owner: a department, or NULL for the data office. A change by another party is a proposal that the
-- owner decides.
-- The tables refuse the same person as author and approver.

-- Versions of shared schemas. States: draft, inReview, published, deprecated, retired. Only a draft may be deleted.
CREATE TABLE schema_version (
  urn           text PRIMARY KEY,
  name          text NOT NULL,
  major         integer NOT NULL,
  minor         integer NOT NULL,
  -- text and not jsonb: the order of the properties is the order of the fields
  document      text NOT NULL,
  digest        text NOT NULL,
  state         text NOT NULL DEFAULT 'published',
  registered_by uuid NOT NULL,
  registered_at timestamptz NOT NULL DEFAULT now(),
  owner         text REFERENCES department(code),
  author        text REFERENCES person(id),
  approver      text REFERENCES person(id),
  compatibility text NOT NULL DEFAULT 'BACKWARD' CHECK (compatibility IN ('BACKWARD', 'FORWARD', 'FULL')),
  -- whether a second person and the security officer must approve
  needs_second  boolean NOT NULL DEFAULT false,
  needs_officer boolean NOT NULL DEFAULT false,
  officer       text REFERENCES person(id),
  -- why it was returned, deprecated or retired
  reason        text,
  -- last day of a deprecated version
  sunset        date,
  successor     text REFERENCES schema_version(urn),
  -- log entry of the last change of state, if it is not the one that registered it
  decided_by    uuid,
  -- incompatible changes that were approved knowingly, with what the stored rows showed
  waiver        jsonb,
  UNIQUE (name, major, minor),
  CONSTRAINT schema_version_four_eyes
    CHECK ((state IN ('draft', 'inReview')) OR NOT needs_second OR author IS NOT NULL AND approver IS NOT NULL),
  CONSTRAINT schema_version_officer CHECK (officer <> author AND officer <> approver),
  CONSTRAINT schema_version_officer_agreed
    CHECK ((state IN ('draft', 'inReview')) OR NOT needs_officer OR officer IS NOT NULL),
  CONSTRAINT schema_version_persons CHECK (approver <> author),
  CONSTRAINT schema_version_state CHECK (state IN ('draft', 'inReview', 'published', 'deprecated', 'retired')),
  CONSTRAINT schema_version_sunset CHECK ((state NOT IN ('deprecated', 'retired')) OR sunset IS NOT NULL),
  CONSTRAINT schema_version_waiver CHECK (waiver IS NULL OR needs_second AND needs_officer)
);
CREATE TRIGGER schema_version_is_kept BEFORE DELETE ON schema_version
  FOR EACH ROW EXECUTE FUNCTION keep_schema_version();

-- Versions of code lists. A version is valid from a day on and may be withdrawn.
CREATE TABLE code_list (
  id               text,
  version          text,
  document         text NOT NULL,
  digest           text NOT NULL,
  registered_by    uuid NOT NULL,
  registered_at    timestamptz NOT NULL DEFAULT now(),
  owner            text REFERENCES department(code),
  valid_from       date,
  author           text REFERENCES person(id),
  approver         text REFERENCES person(id),
  withdrawn_reason text,
  -- log entry of the withdrawal
  withdrawn_by     uuid,
  PRIMARY KEY (id, version),
  CONSTRAINT code_list_withdrawn CHECK ((withdrawn_by IS NULL) = (withdrawn_reason IS NULL))
);
-- NOT VALID: rows from before the rule existed may break it
ALTER TABLE code_list ADD CONSTRAINT code_list_four_eyes
  CHECK (author IS NOT NULL AND approver IS NOT NULL AND author <> approver) NOT VALID;
-- the newest version is the one with the latest day: no two versions share a day
CREATE UNIQUE INDEX code_list_day ON code_list (id, valid_from) WHERE withdrawn_by IS NULL;

-- Purposes that data may be requested for.
CREATE TABLE purpose (
  code          text PRIMARY KEY,
  parent        text REFERENCES purpose(code),
  title_zh      text NOT NULL,
  title_en      text NOT NULL,
  registered_by uuid NOT NULL,
  registered_at timestamptz NOT NULL DEFAULT now(),
  author        text REFERENCES person(id),
  approver      text REFERENCES person(id)
);
-- NOT VALID: rows from before the rule existed may break it
ALTER TABLE purpose ADD CONSTRAINT purpose_four_eyes
  CHECK (author IS NOT NULL AND approver IS NOT NULL AND author <> approver) NOT VALID;

-- Datasets. current_batch is changed by append_flush only, in the transaction of the log entry that makes the batch visible.
CREATE TABLE dataset (
  id                  text PRIMARY KEY,
  department          text NOT NULL,
  title_zh            text NOT NULL,
  title_en            text NOT NULL,
  schema              text NOT NULL REFERENCES schema_version(urn),
  mode                text NOT NULL CHECK (mode IN ('snapshot', 'upsert', 'live')),
  sharing             text NOT NULL CHECK (sharing IN ('unconditional', 'conditional', 'none')),
  conditions          text NOT NULL DEFAULT '',
  state               text NOT NULL DEFAULT 'published',
  current_batch       uuid,
  digest              text NOT NULL,
  registered_by       uuid NOT NULL,
  registered_at       timestamptz NOT NULL DEFAULT now(),
  -- rules for its submissions, as far as they differ from the defaults
  intake              jsonb NOT NULL DEFAULT '{}'::jsonb,
  -- true: the data office suspended it, and only the data office resumes it
  suspended_by_office boolean NOT NULL DEFAULT false,
  -- why it is suspended or retired
  reason              text,
  -- first of the two persons who retire it
  ending_by           text REFERENCES person(id),
  ended_by            text REFERENCES person(id),
  -- when its rows were destroyed
  rows_gone_at        timestamptz,
  -- log entry of the last change
  decided_by          uuid,
  -- increases when rows are deleted other than by a batch
  deletions           bigint NOT NULL DEFAULT 0,
  -- why it is to be retired; "reason" still holds why it is suspended
  ending_reason       text,
  -- digest of what the first person was shown to be destroyed
  ending_shown        text,
  -- last day on which the second person may agree
  ending_until        date,
  -- log entry of the first approval
  ending_entry        uuid,
  -- log entry that suspended or retired it; NULL: in use
  stopped_by          uuid,
  -- days for which raw bytes and quarantined rows of superseded batches are retained; NULL: the hub's default
  raw_days            integer CHECK (raw_days >= 1 AND raw_days <= 3650),
  -- batches are expected from this time on
  expects_from        timestamptz,
  -- number of periods that were destroyed; counting the rows of period_destruction would slow each page
  periods_gone        bigint NOT NULL DEFAULT 0,
  CHECK (id ~~ (department || '.%')),
  CONSTRAINT dataset_ending
    CHECK (state = 'retired' OR ending_by IS NULL
      OR ending_reason IS NOT NULL AND ending_shown IS NOT NULL AND ending_until IS NOT NULL AND ending_entry IS NOT NULL),
  CONSTRAINT dataset_four_eyes CHECK (ended_by <> ending_by),
  CONSTRAINT dataset_state CHECK (state IN ('published', 'suspended', 'retired'))
);
-- NOT VALID: rows from before the rule existed may break it
ALTER TABLE dataset ADD CONSTRAINT dataset_ended
  CHECK (state <> 'retired' OR ending_by IS NOT NULL AND ended_by IS NOT NULL) NOT VALID;
CREATE INDEX dataset_department ON dataset (department);
CREATE INDEX dataset_schema ON dataset (schema);

-- Versions of mappings from files to a schema.
CREATE TABLE mapping (
  dataset       text REFERENCES dataset(id),
  name          text,
  version       integer CHECK (version > 0),
  document      text NOT NULL,
  digest        text NOT NULL,
  registered_by uuid NOT NULL,
  registered_at timestamptz NOT NULL DEFAULT now(),
  author        text REFERENCES person(id),
  approver      text REFERENCES person(id),
  -- log entry of the changeover that ended its use
  left_by       uuid,
  PRIMARY KEY (dataset, name, version),
  CONSTRAINT mapping_persons CHECK (approver <> author)
);

-- Proposed changes to registered objects of another owner.
CREATE TABLE proposal (
  -- log entry that made it
  id            uuid PRIMARY KEY,
  -- operation that is performed on acceptance
  operation     text NOT NULL,
  kind          text NOT NULL,
  name          text NOT NULL,
  -- NULL: the data office
  owner         text REFERENCES department(code),
  -- body and path parameters of the call, JSON text
  body          text NOT NULL,
  params        jsonb NOT NULL,
  -- hex SHA-256 of operation, parameters and body: what is accepted is what was read
  digest        text NOT NULL,
  state         text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'accepted', 'refused', 'withdrawn')),
  author        text NOT NULL REFERENCES person(id),
  decided_by    text REFERENCES person(id),
  reason        text,
  proposed_at   timestamptz NOT NULL DEFAULT now(),
  decided_at    timestamptz,
  -- log entry of the decision
  decision      uuid,
  -- catalogue entries that it would change
  entries       text[] NOT NULL DEFAULT '{}'::text[],
  -- true: only the security officer may accept it
  needs_officer boolean NOT NULL DEFAULT false,
  CHECK ((state = 'waiting') = (decided_by IS NULL) AND (decided_by IS NULL) = (decision IS NULL)),
  CHECK (state <> 'accepted' OR decided_by <> author),
  CHECK ((state = 'withdrawn') IS NOT TRUE OR decided_by = author)
);
CREATE UNIQUE INDEX proposal_waiting ON proposal (digest) WHERE state = 'waiting';
CREATE INDEX proposal_owner ON proposal (owner) WHERE state = 'waiting';
CREATE INDEX proposal_author ON proposal (author) WHERE state = 'waiting';
CREATE INDEX proposal_entries ON proposal USING gin (entries) WHERE state = 'waiting';

-- Source department (数源部门) of each data element. A change is a new revision, decided by two persons of the data office.
CREATE TABLE element_source (
  -- a semantic tag
  element       text,
  revision      integer CHECK (revision > 0),
  department    text NOT NULL REFERENCES department(code),
  -- as it was registered
  document      jsonb NOT NULL,
  digest        text NOT NULL,
  -- other departments that may offer it
  also          text[] NOT NULL,
  superseded    boolean NOT NULL DEFAULT false,
  author        text NOT NULL REFERENCES person(id),
  approver      text NOT NULL REFERENCES person(id),
  registered_by uuid NOT NULL,
  registered_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (element, revision),
  CHECK (author <> approver)
);
CREATE UNIQUE INDEX element_source_live ON element_source (element) WHERE NOT superseded;

-- Synthetic twin (合成副本) of a dataset: invented rows for trials. It can be generated again at any time.
CREATE TABLE twin (
  dataset text PRIMARY KEY REFERENCES dataset(id),
  -- hex SHA-256 of its inputs: dataset, schema version, code lists
  made_of text NOT NULL,
  made_at timestamptz NOT NULL DEFAULT now()
);

-- Rows of a synthetic twin.
CREATE TABLE twin_row (
  dataset text REFERENCES twin(dataset) ON DELETE CASCADE,
  place   integer,
  record  json NOT NULL,
  PRIMARY KEY (dataset, place)
);

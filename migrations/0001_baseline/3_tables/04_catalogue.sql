-- Catalogue (目录) of what departments hold, and register of matters (事项) that the city handles.
-- A change is a new revision, decided by two persons. Older revisions stay.

-- Catalogue entries. datasets, words, grams and tags are derived from the document and from the fields of its datasets.
CREATE TABLE catalogue_entry (
  id               text,
  revision         integer CHECK (revision > 0),
  department       text NOT NULL REFERENCES department(code),
  -- as it was registered
  document         jsonb NOT NULL,
  digest           text NOT NULL,
  title_zh         text NOT NULL,
  title_en         text NOT NULL,
  category         text NOT NULL,
  sharing          text NOT NULL CHECK (sharing IN ('unconditional', 'conditional', 'none')),
  datasets         text[] NOT NULL,
  -- search text, its characters and pairs of characters, and the semantic tags
  words            text NOT NULL,
  grams            text[] NOT NULL,
  tags             text[] NOT NULL,
  superseded       boolean NOT NULL DEFAULT false,
  author           text NOT NULL REFERENCES person(id),
  approver         text NOT NULL REFERENCES person(id),
  registered_by    uuid NOT NULL,
  registered_at    timestamptz NOT NULL DEFAULT now(),
  -- the same of the title alone: matches in a title are listed first
  title_words      text NOT NULL,
  title_grams      text[] NOT NULL,
  -- copies of members of the document, so that the planner has statistics for these filters
  update_frequency text GENERATED ALWAYS AS (document ->> 'updateFrequency') STORED,
  data_class       text GENERATED ALWAYS AS (document ->> 'dataClass') STORED,
  PRIMARY KEY (id, revision),
  CHECK (id ~~ (department || '.%')),
  CHECK (author <> approver)
);
CREATE UNIQUE INDEX catalogue_entry_live ON catalogue_entry (id) WHERE NOT superseded;
CREATE INDEX catalogue_entry_department ON catalogue_entry (department, id) WHERE NOT superseded;
CREATE INDEX catalogue_entry_grams ON catalogue_entry USING gin (grams) WHERE NOT superseded;
CREATE INDEX catalogue_entry_tags ON catalogue_entry USING gin (tags) WHERE NOT superseded;
-- fastupdate = off: each page of datasets asks this index, a long pending list would slow it
CREATE INDEX catalogue_entry_datasets ON catalogue_entry USING gin (datasets) WITH (fastupdate = off) WHERE NOT superseded;
CREATE INDEX catalogue_entry_title_grams ON catalogue_entry USING gin (title_grams) WHERE NOT superseded;

-- Matters: which papers each asks for and which fields replace them.
CREATE TABLE matter (
  code          text,
  revision      integer CHECK (revision > 0),
  -- as it was registered
  document      jsonb NOT NULL,
  digest        text NOT NULL,
  -- search text: runs of letters and digits
  words         text NOT NULL,
  departments   text[] NOT NULL,
  -- why it ended; NULL while it is in use
  ended         text,
  superseded    boolean NOT NULL DEFAULT false,
  author        text NOT NULL REFERENCES person(id),
  approver      text NOT NULL REFERENCES person(id),
  registered_by uuid NOT NULL,
  registered_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (code, revision),
  CHECK (author <> approver)
);
CREATE UNIQUE INDEX matter_live ON matter (code) WHERE NOT superseded;

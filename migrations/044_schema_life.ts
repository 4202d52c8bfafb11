/**
 * The life of a schema version: draft, in review, published, deprecated, retired. A later version of a name takes a second person, and the
 * security officer too where it changes what a field means or who may see it: the table refuses one person in two of these places. Only a
 * draft may be taken away.
 */
import type { Knex } from 'knex';

const tables = `
ALTER TABLE schema_version
  ADD COLUMN compatibility text NOT NULL DEFAULT 'BACKWARD' CHECK (compatibility IN ('BACKWARD', 'FORWARD', 'FULL')),
  -- whether it takes a second person, and the security officer
  ADD COLUMN needs_second boolean NOT NULL DEFAULT false,
  ADD COLUMN needs_officer boolean NOT NULL DEFAULT false,
  ADD COLUMN officer text REFERENCES person (id),
  -- why it was returned, deprecated or retired
  ADD COLUMN reason text,
  -- the last day of a deprecated version
  ADD COLUMN sunset date,
  ADD COLUMN successor text REFERENCES schema_version (urn),
  -- the entry that brought it where it stands, if not the one that registered it
  ADD COLUMN decided_by uuid,
  ADD CONSTRAINT schema_version_state CHECK (state IN ('draft', 'inReview', 'published', 'deprecated', 'retired')),
  ADD CONSTRAINT schema_version_officer CHECK (officer <> author AND officer <> approver),
  ADD CONSTRAINT schema_version_four_eyes
    CHECK (state IN ('draft', 'inReview') OR NOT needs_second OR (author IS NOT NULL AND approver IS NOT NULL)),
  ADD CONSTRAINT schema_version_officer_agreed CHECK (state IN ('draft', 'inReview') OR NOT needs_officer OR officer IS NOT NULL),
  ADD CONSTRAINT schema_version_sunset CHECK (state NOT IN ('deprecated', 'retired') OR sunset IS NOT NULL);
CREATE INDEX dataset_schema ON dataset (schema);

CREATE FUNCTION keep_schema_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> 'draft' THEN RAISE EXCEPTION 'a schema version that was submitted is never removed'; END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER schema_version_is_kept BEFORE DELETE ON schema_version FOR EACH ROW EXECUTE FUNCTION keep_schema_version();
`;

const grants = `
GRANT UPDATE (approver, officer, needs_officer, reason, sunset, successor, decided_by), DELETE ON schema_version TO datong_app;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(tables);
  await knex.raw(grants);
}

/**
 * Erasure of one person's tokens 主体标识销毁: which entries no longer say that they concern her. `erased_subject` is what re-verification
 * consults, so that an erased row and a stolen one differ; the entry of the erasure holds the digest of its list. `standing_hold` is every
 * legal hold in force, and those that wait for their second person.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE subject_erasure (
      -- the entry that told it first; a restored older database gets it told again
      id       uuid PRIMARY KEY,
      exchange uuid NOT NULL,
      -- of whom, as a keyed hash of its own: whoever may search for her is told that something was erased
      subject  bytea NOT NULL,
      before   timestamptz NOT NULL
    );
    CREATE INDEX subject_erasure_subject ON subject_erasure (subject);

    CREATE TABLE erased_subject (
      idx        bigint NOT NULL,
      erasure    uuid NOT NULL REFERENCES subject_erasure,
      -- of the entry: what is erased again in a restored database is of the same entry
      hash       bytea NOT NULL,
      -- places of the tokens that went, as they stood in the row
      gone       int[] NOT NULL,
      -- tokens that stay, and the commitment that opens with their new salt
      count      int NOT NULL,
      commitment text,
      PRIMARY KEY (idx, erasure),
      CHECK ((count = 0) = (commitment IS NULL))
    );
    CREATE INDEX erased_subject_erasure ON erased_subject (erasure);
    GRANT SELECT, INSERT ON subject_erasure, erased_subject TO datong_app;

    -- the only way for requests to take rows of subjects away: those that the erasure lists, and nothing else
    CREATE FUNCTION erase_subject_rows(wanted uuid) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
      SET search_path = pg_catalog, public AS $$
    DECLARE
      done bigint;
    BEGIN
      DELETE FROM audit_private AS p USING erased_subject AS s, audit_entry AS e
       WHERE s.erasure = wanted AND s.count = 0 AND e.idx = s.idx AND p.exchange = e.id;
      DELETE FROM audit_subject AS a USING erased_subject AS s WHERE s.erasure = wanted AND a.idx = s.idx;
      GET DIAGNOSTICS done = ROW_COUNT;
      RETURN done;
    END $$;
    GRANT EXECUTE ON FUNCTION erase_subject_rows TO datong_app;

    CREATE VIEW standing_hold AS
      SELECT kind, target FROM legal_hold WHERE lifted_by IS NULL AND until > now()
      UNION
      SELECT CASE k.key WHEN 'subjectHash' THEN 'subject' ELSE k.key END,
             CASE k.key WHEN 'entries' THEN (k.value->>'first') || '-' || (k.value->>'last') ELSE k.value #>> '{}' END
        FROM proposal, jsonb_each(body::jsonb->'on') AS k
       WHERE state = 'waiting' AND operation = 'placeHold' AND proposed_at > now() - interval '30 days';
    GRANT SELECT ON standing_hold TO datong_app;
  `);
}

/**
 * Retention of the log's entries 日志留存期限: the rules, the orders by which two persons let go what is over, and what went by them. Hashes,
 * checkpoints and proofs stay. The guard of `audit_entry` lets a row go that a destruction lists, and no other.
 */
import type { Knex } from 'knex';

/** As the database keeps it from here on: looked at on each connection of the log. */
export const guardBody = `
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF EXISTS (SELECT 1 FROM public.entry_destruction AS d
                WHERE d.first = OLD.idx - OLD.idx % 1024 AND OLD.idx <> ALL (d.stays)) THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'entries of the audit log are never changed or removed before their time is over';
END `;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE retention_rule (
      -- class, or class@dataset
      id       text PRIMARY KEY,
      class    text NOT NULL CHECK (class IN ('exchange', 'reading')),
      dataset  text,
      -- null: for ever
      years    int CHECK (years >= 3),
      reason   text NOT NULL,
      digest   text NOT NULL,
      author   text NOT NULL,
      approver text NOT NULL CHECK (approver <> author),
      exchange uuid NOT NULL
    );
    GRANT SELECT, INSERT ON retention_rule TO datong_app;
    GRANT UPDATE (years, reason, digest, author, approver, exchange) ON retention_rule TO datong_app;

    CREATE TABLE destruction_order (
      -- the entry that tells it
      id       uuid PRIMARY KEY,
      before   timestamptz NOT NULL,
      author   text NOT NULL,
      approver text NOT NULL CHECK (approver <> author)
    );
    CREATE TABLE entry_destruction (
      -- the entry that tells it first; a restored older database gets it told again
      id       uuid PRIMARY KEY,
      exchange uuid NOT NULL,
      first    bigint NOT NULL UNIQUE CHECK (first >= 0 AND first % 1024 = 0),
      -- of its entries, ascending
      stays    bigint[] NOT NULL,
      "order"  uuid NOT NULL
    );
    GRANT SELECT, INSERT ON destruction_order, entry_destruction TO datong_app;

    CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$${guardBody}$$;

    -- the only way for entries to go: those of one unit that do not stay, with whom they concern, and nothing younger than the law's term
    CREATE FUNCTION destroy_entries(wanted uuid, terms bigint[]) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
      SET search_path = pg_catalog, public AS $$
    DECLARE
      unit entry_destruction;
      done bigint;
    BEGIN
      SELECT * INTO STRICT unit FROM entry_destruction WHERE id = wanted;
      IF EXISTS (SELECT 1 FROM audit_entry WHERE idx >= unit.first AND idx < unit.first + 1024
                    AND idx <> ALL (unit.stays) AND at > now() - interval '3 years') THEN
        RAISE EXCEPTION 'entries younger than 3 years are not destroyed';
      END IF;
      DELETE FROM audit_private AS p USING audit_entry AS e
       WHERE e.idx >= unit.first AND e.idx < unit.first + 1024 AND e.idx <> ALL (unit.stays) AND p.exchange = e.id;
      DELETE FROM audit_subject WHERE idx >= unit.first AND idx < unit.first + 1024 AND idx <> ALL (unit.stays);
      DELETE FROM audit_posting WHERE chunk = unit.first / 1024 AND term = ANY (terms);
      DELETE FROM audit_entry WHERE idx >= unit.first AND idx < unit.first + 1024 AND idx <> ALL (unit.stays);
      GET DIAGNOSTICS done = ROW_COUNT;
      RETURN done;
    END $$;
    GRANT EXECUTE ON FUNCTION destroy_entries TO datong_app;
  `);
}

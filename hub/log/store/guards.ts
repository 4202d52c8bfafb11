/**
 * Checks what can intervene between an append and its rows. A trigger, a rule, row security or a changed function body can drop or change
 * data that the hub has hashed and signs. Only the guards created by migrations are permitted. An administrator could add one temporarily,
 * so the follower also reads entries back.
 */
import { migrationFunction } from '../../../migrations/index.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { isUserTrigger } from '../../platform/database/triggers.ts';

const question = `
WITH entries AS (
  SELECT relid AS oid FROM pg_partition_tree(to_regclass('public.audit_entry'))
), ours AS (
  SELECT oid, relname, relrowsecurity FROM pg_class
   WHERE oid IN (to_regclass('public.audit_head'), to_regclass('public.audit_entry'), to_regclass('public.audit_subject'),
                 to_regclass('public.audit_checkpoint'), to_regclass('public.agreement_quota'), to_regclass('public.dataset'))
      OR oid IN (SELECT oid FROM entries)
), guards AS (
  SELECT tgrelid, tgname, tgenabled FROM pg_trigger
   WHERE tgfoid = to_regproc('public.refuse_audit_change')
     AND tgname IN ('audit_entry_is_append_only', 'audit_entry_is_not_emptied')
  UNION ALL
  SELECT tgrelid, tgname, tgenabled FROM pg_trigger WHERE tgfoid = to_regproc('public.note_row') AND tgname = 'row_is_noted'
)
SELECT 'trigger ' || t.tgname || ' on ' || ours.relname AS found
  FROM pg_trigger AS t JOIN ours ON ours.oid = t.tgrelid
 WHERE ${isUserTrigger('t')} AND (t.tgrelid, t.tgname) NOT IN (SELECT tgrelid, tgname FROM guards)
UNION ALL
SELECT 'no guard on ' || ours.relname FROM ours
 WHERE ours.oid IN (SELECT oid FROM entries)
   AND (SELECT count(*) FROM guards WHERE tgrelid = ours.oid AND tgenabled IN ('O', 'A')) < 2
UNION ALL
SELECT 'rule ' || r.rulename || ' on ' || ours.relname FROM pg_rewrite AS r JOIN ours ON ours.oid = r.ev_class
UNION ALL
SELECT 'row security on ' || relname FROM ours WHERE relrowsecurity
UNION ALL
SELECT 'function ' || p.proname || ' is not the one of this release' FROM pg_proc AS p
 WHERE p.pronamespace = 'public'::regnamespace AND p.proname IN ('append_flush', 'append_with_consents', 'refuse_audit_change', 'note_row')
   AND (p.prosrc <> CASE p.proname WHEN 'append_flush' THEN $1 WHEN 'append_with_consents' THEN $3 WHEN 'note_row' THEN $4 ELSE $2 END OR p.proconfig IS NOT NULL OR p.prosecdef
        OR p.pronargdefaults > 0 OR p.provariadic <> 0 OR NOT EXISTS (SELECT FROM unnest($5::text[]) AS made (signature) WHERE p.oid = to_regprocedure('public.' || made.signature)))
ORDER BY 1`;

const made = ['append_flush', 'refuse_audit_change', 'append_with_consents', 'note_row'].map(
  migrationFunction,
);
const values = [...made.map(({ body }) => body), made.map(({ signature }) => signature)];

/** Names of foreign or missing guards; empty if all match the migrations. */
export async function foreignGuards(reader: Reader): Promise<string[]> {
  const { rows } = await reader.query<{ found: string }>(question, values);
  return rows.map((row) => row.found);
}

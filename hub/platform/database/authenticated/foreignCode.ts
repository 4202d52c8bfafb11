/**
 * Code in the database that the hub did not make, and that a statement of the hub could run: an overloaded function, a view in place of a
 * table, a policy, a trigger, a default. It runs in a session of the hub, so what it writes would be reported as the hub's own change. The
 * hub seals nothing while there is any.
 */
import type { ClientBase } from 'pg';
import { migrationFunctions } from '../../../../migrations/index.ts';
import { Problem } from '../../../../terms/problem.ts';
import { isUserTrigger } from '../triggers.ts';
import { openTables } from './openTables.ts';
import { sealedNames } from './rules.ts';
import { calledIn } from './tableCode.ts';

const ownFunctions = [...migrationFunctions()].map(([name, made]) => ({ name, ...made }));
const ownTables = [...sealedNames, ...Object.keys(openTables)];

/** Kinds of objects that run code, or that a statement finds code by. */
const droppedKinds = [
  'proc',
  'operator',
  'cast',
  'opclass',
  'trigger',
  'event_trigger',
  'rewrite',
  'policy',
  'namespace',
  'language',
]
  .map((kind) => `'pg_${kind}'::regclass`)
  .join(', ');

/**
 * Ids from 16384 on belong to objects that a user made. A function with a name that no statement of the hub calls is accepted, and one
 * that a function of the server hides: `pg_catalog` comes before `public`. A superuser can add any object to an extension, therefore a
 * member is accepted only if it takes types of the extension, or its function is in C and in a library that is installed with the server.
 *
 * Code can also remove itself before the seal. The removal leaves traces in the transaction: a lock on the object, on its table or on a
 * table of the catalogue, or a function that was written by this transaction or a later one.
 */
const question = `
WITH ours AS (SELECT p.oid FROM pg_proc AS p JOIN unnest($2::text[], $4::boolean[], $5::text[], $6::text[], $7::text[]) AS o (body, definer, config, signature, arguments)
                 ON p.oid = to_regprocedure('public.' || o.signature) AND p.prosrc = o.body AND p.prosecdef = o.definer
                AND coalesce(array_to_string(p.proconfig, '; '), '') = o.config AND coalesce(array_to_string(p.proargnames, ' '), '') = o.arguments
               WHERE p.proowner = to_regrole('datong_owner') AND p.prolang < 16384 AND p.prosqlbody IS NULL AND p.prosupport::oid = 0
                 AND p.pronargdefaults = 0 AND p.provariadic = 0 AND p.proallargtypes IS NULL AND p.prorettype < 16384),
     place AS (SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'rows')),
     reached AS (SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'pg_catalog')),
     member AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
     compiled AS (SELECT oid FROM pg_proc WHERE prolang = (SELECT oid FROM pg_language WHERE lanname = 'c') AND probin ~ '^([$]libdir/)?[^/]+$'
                     AND oid IN (SELECT objid FROM member WHERE classid = 'pg_proc'::regclass))
SELECT name FROM (
  SELECT format('pg_proc (%s)', p.proname) AS name FROM pg_proc AS p
   WHERE p.oid >= 16384 AND p.pronamespace IN (SELECT oid FROM reached) AND p.oid NOT IN (SELECT oid FROM ours)
     AND (p.proname = ANY ($1::text[]) OR EXISTS (SELECT FROM pg_proc AS b WHERE b.proname = p.proname AND b.oid < 16384))
     AND NOT (EXISTS (SELECT FROM member WHERE classid = 'pg_proc'::regclass AND objid = p.oid)
              AND EXISTS (SELECT FROM unnest(p.proargtypes) AS t (type) WHERE t.type >= 16384))
     AND p.oid NOT IN (SELECT oid FROM compiled)
     AND NOT (p.pronamespace = 'public'::regnamespace AND p.proname <> ALL ($1::text[]) AND p.pronargdefaults = 0 AND p.provariadic = 0
              AND EXISTS (SELECT FROM pg_proc AS b WHERE b.proname = p.proname AND b.proargtypes = p.proargtypes AND b.oid < 16384 AND b.pronamespace = 'pg_catalog'::regnamespace))
  UNION ALL SELECT format('pg_operator (%s)', o.oprname) FROM pg_operator AS o
   WHERE o.oid >= 16384 AND o.oprnamespace IN (SELECT oid FROM reached) AND o.oprleft < 16384 AND o.oprright < 16384
     AND NOT (EXISTS (SELECT FROM member WHERE classid = 'pg_operator'::regclass AND objid = o.oid) AND o.oprcode::oid IN (SELECT oid FROM compiled))
  UNION ALL SELECT format('pg_cast (%s to %s)', castsource::regtype, casttarget::regtype) FROM pg_cast AS c
   WHERE c.oid >= 16384 AND c.castsource < 16384 AND c.casttarget < 16384
     AND NOT (EXISTS (SELECT FROM member WHERE classid = 'pg_cast'::regclass AND objid = c.oid) AND c.castfunc IN (SELECT oid FROM compiled))
  -- objects of the server that call functions of a user
  UNION ALL SELECT format('pg_operator (%s)', o.oprname) FROM pg_operator AS o
   WHERE o.oid < 16384 AND greatest(o.oprcode::oid, o.oprrest::oid, o.oprjoin::oid) >= 16384
  UNION ALL SELECT format('pg_cast (%s to %s)', castsource::regtype, casttarget::regtype) FROM pg_cast AS c WHERE c.oid < 16384 AND c.castfunc::oid >= 16384
  UNION ALL SELECT format('pg_aggregate (%s)', aggfnoid) FROM pg_aggregate
   WHERE aggfnoid::oid < 16384 AND greatest(aggtransfn::oid, aggfinalfn::oid, aggcombinefn::oid, aggserialfn::oid, aggdeserialfn::oid,
                                            aggmtransfn::oid, aggminvtransfn::oid, aggmfinalfn::oid) >= 16384
  UNION ALL SELECT format('pg_amproc (%s)', amproc) FROM pg_amproc WHERE amprocfamily < 16384 AND amproc::oid >= 16384
  UNION ALL SELECT format('pg_amop (%s)', amopopr) FROM pg_amop WHERE amopfamily < 16384 AND amopopr >= 16384
  UNION ALL SELECT format('pg_am (%s)', amname) FROM pg_am WHERE oid < 16384 AND amhandler::oid >= 16384
  UNION ALL SELECT format('pg_language (%s)', lanname) FROM pg_language
   WHERE oid < 16384 AND greatest(lanplcallfoid, laninline, lanvalidator) >= 16384
  UNION ALL SELECT format('pg_type (%s)', typname) FROM pg_type
   WHERE oid < 16384 AND greatest(typinput::oid, typoutput::oid, typreceive::oid, typsend::oid, typanalyze::oid, typsubscript::oid,
                                  typmodin::oid, typmodout::oid) >= 16384
  UNION ALL SELECT format('pg_range (%s)', rngtypid::regtype) FROM pg_range
   WHERE rngtypid < 16384 AND greatest(rngcanonical::oid, rngsubdiff::oid) >= 16384
  -- the server's own functions are in C or in SQL
  UNION ALL SELECT format('pg_proc (%s)', proname) FROM pg_proc AS p JOIN pg_language AS l ON l.oid = p.prolang
   WHERE p.oid < 16384 AND (p.prosupport::oid >= 16384 OR l.lanname NOT IN ('internal', 'c', 'sql'))
  -- a call that leaves out an argument runs its default
  UNION ALL SELECT format('pg_proc (%s)', proname) FROM pg_proc AS p
   WHERE p.oid < 16384 AND p.proargdefaults IS NOT NULL AND EXISTS (SELECT FROM unnest(${calledIn('p.proargdefaults')}) AS f (oid) WHERE f.oid >= 16384)
  UNION ALL SELECT format('pg_ts_template (%s)', tmplname) FROM pg_ts_template CROSS JOIN LATERAL unnest(ARRAY[tmplinit, tmpllexize]::oid[]) AS f (oid)
   WHERE f.oid >= 16384 AND f.oid NOT IN (SELECT oid FROM compiled)
  UNION ALL SELECT format('pg_ts_parser (%s)', prsname) FROM pg_ts_parser CROSS JOIN LATERAL unnest(ARRAY[prsstart, prstoken, prsend, prsheadline, prslextype]::oid[]) AS f (oid)
   WHERE f.oid >= 16384 AND f.oid NOT IN (SELECT oid FROM compiled)
  -- arrays, rows and lists of values are compared by the default operator class of their type, in any schema
  UNION ALL SELECT format('pg_opclass (%s)', opcname) FROM pg_opclass
   WHERE oid >= 16384 AND opcdefault AND opcintype < 16384 AND opcmethod IN (SELECT oid FROM pg_am WHERE amname IN ('btree', 'hash'))
  UNION ALL SELECT format('pg_event_trigger (%s)', evtname) FROM pg_event_trigger AS t WHERE evtenabled <> 'D'
     AND NOT (EXISTS (SELECT FROM member WHERE classid = 'pg_event_trigger'::regclass AND objid = t.oid) AND evtfoid IN (SELECT oid FROM compiled))
  UNION ALL SELECT c.relname FROM pg_policy AS p JOIN pg_class AS c ON c.oid = p.polrelid WHERE c.relnamespace IN (SELECT oid FROM place)
  UNION ALL SELECT c.relname FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
   WHERE ${isUserTrigger('t')} AND c.relnamespace IN (SELECT oid FROM place) AND t.tgfoid NOT IN (SELECT oid FROM ours)
  UNION ALL SELECT c.relname FROM pg_rewrite AS r JOIN pg_class AS c ON c.oid = r.ev_class
   WHERE r.oid >= 16384 AND ((c.relnamespace = 'public'::regnamespace AND (c.relkind <> 'v' OR c.relname = ANY ($3::text[])))
                          OR (c.relnamespace IN (SELECT oid FROM place) AND c.relnamespace <> 'public'::regnamespace AND c.relkind IN ('v', 'm')))
  -- statements of the hub would find these before the tables of the schema "public"
  UNION ALL SELECT format('%s.%s', c.relnamespace::regnamespace, c.relname) FROM pg_class AS c
   WHERE c.relnamespace IN ('pg_catalog'::regnamespace, pg_my_temp_schema()) AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
     AND (c.relname = ANY ($3::text[]) OR EXISTS (SELECT FROM pg_class AS o WHERE o.relname = c.relname AND o.relnamespace = 'public'::regnamespace))
  -- expressions of statistics run with ANALYZE
  UNION ALL SELECT c.relname FROM pg_statistic_ext AS s JOIN pg_class AS c ON c.oid = s.stxrelid WHERE c.relnamespace IN (SELECT oid FROM place)
  -- rows of these change together with rows of the hub, and run their triggers and conditions
  UNION ALL SELECT c.relname FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.confrelid JOIN pg_class AS o ON o.oid = k.conrelid
   WHERE k.contype = 'f' AND c.relnamespace IN (SELECT oid FROM place) AND o.relnamespace NOT IN (SELECT oid FROM place)
  UNION ALL SELECT c.relname FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhparent JOIN pg_class AS o ON o.oid = i.inhrelid
   WHERE c.relnamespace IN (SELECT oid FROM place) AND o.relnamespace NOT IN (SELECT oid FROM place)
  -- types, operator classes and operators of a user, also where the dependency was deleted from the catalogue
  UNION ALL SELECT c.relname FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
   WHERE a.atttypid >= 16384 AND a.attnum > 0 AND c.relkind IN ('r', 'p') AND c.relnamespace IN (SELECT oid FROM place)
  UNION ALL SELECT c.relname FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid
   WHERE 16384 <= ANY (i.indclass) AND c.relnamespace IN (SELECT oid FROM place)
  UNION ALL SELECT c.relname FROM pg_partitioned_table AS p JOIN pg_class AS c ON c.oid = p.partrelid
   WHERE 16384 <= ANY (p.partclass) AND c.relnamespace IN (SELECT oid FROM place)
  UNION ALL SELECT c.relname FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid
   WHERE 16384 <= ANY (k.conpfeqop || k.conppeqop || k.conffeqop || k.conexclop) AND c.relnamespace IN (SELECT oid FROM place)
  -- functions, operators, types and operator classes of a user in defaults, constraints, indexes, views and columns (see tableCode.ts)
  UNION ALL SELECT c.relname FROM pg_depend AS d
    JOIN pg_class AS c ON c.oid = CASE d.classid WHEN 'pg_class'::regclass THEN d.objid
              WHEN 'pg_attrdef'::regclass THEN (SELECT adrelid FROM pg_attrdef WHERE oid = d.objid)
              WHEN 'pg_constraint'::regclass THEN (SELECT conrelid FROM pg_constraint WHERE oid = d.objid)
              WHEN 'pg_rewrite'::regclass THEN (SELECT ev_class FROM pg_rewrite WHERE oid = d.objid) END
   WHERE d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_type'::regclass, 'pg_opclass'::regclass) AND d.refobjid >= 16384
     AND NOT (d.refclassid = 'pg_proc'::regclass AND d.refobjid IN (SELECT oid FROM ours))
     AND (c.relnamespace IN (SELECT oid FROM place) OR c.oid < 16384)
     AND c.relkind <> 'c'
     AND NOT (c.relkind IN ('v', 'm') AND EXISTS (SELECT FROM member WHERE classid = 'pg_class'::regclass AND objid = c.oid)
              AND c.relname <> ALL ($3::text[]))
  UNION ALL SELECT coalesce(l.relation::regclass::text, l.classid::regclass::text) FROM pg_locks AS l
   WHERE l.pid = pg_backend_pid() AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
     AND CASE l.locktype
         WHEN 'relation' THEN (l.relation < 16384 AND l.mode NOT IN ('AccessShareLock', 'RowShareLock') AND l.relation IN
                               (SELECT oid FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relname NOT LIKE 'pg_statistic%'))
                           OR (l.mode IN ('AccessExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock') AND l.relation IN
                               (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = ANY ($3::text[]) AND relname <> 'row_sum'))
         WHEN 'object' THEN l.mode = 'AccessExclusiveLock' AND l.classid IN (${droppedKinds})
         ELSE false END
  UNION ALL SELECT format('pg_proc (%s)', p.proname) FROM pg_proc AS p WHERE age(p.xmin) <= age(pg_current_xact_id()::xid)
  UNION ALL SELECT format('pg_event_trigger (%s)', t.evtname) FROM pg_event_trigger AS t WHERE age(t.xmin) <= age(pg_current_xact_id()::xid)
) AS found LIMIT 1`;

/** Planned once on each connection: planning takes longer than the answer. */
const statement = {
  name: 'foreign_code',
  text: question,
  values: [
    ownFunctions.map(({ name }) => name),
    ownFunctions.map(({ body }) => body),
    ownTables,
    ownFunctions.map(({ definer }) => definer),
    ownFunctions.map(({ path }) => (path === '' ? '' : `search_path=${path}`)),
    ownFunctions.map(({ signature }) => signature),
    ownFunctions.map(({ argumentNames }) => argumentNames),
  ],
};

/** @throws Problem rows_unauthenticated */
export async function refuseForeignCode(reader: Pick<ClientBase, 'query'>): Promise<void> {
  const { rows } = await reader.query<{ name: string }>(statement);
  const [found] = rows;
  if (found !== undefined) throw new Problem('rows_unauthenticated', { table: found.name });
}

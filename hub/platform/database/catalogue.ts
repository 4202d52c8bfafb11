/**
 * Compares the catalogue of the database with what the migrations and the jobs make. A superuser can put a view in place of a table, or add
 * a function, an operator, a rule or a trigger, so that the hub reads other rows than a table has or runs foreign code. The rows stay
 * sealed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { migrationNames, migrationsFolder } from '../../../migrations/index.ts';
import { openTables } from './authenticated/openTables.ts';
import { sealedNames } from './authenticated/rules.ts';
import { alteredCode } from './authenticated/tableCode.ts';
import { digestsOf, schemaObjects } from './schemaObjects.ts';
import { sessionSettings, textSettings } from './session.ts';
import { inSnapshot } from './transaction.ts';
import { isUserTrigger } from './triggers.ts';

/** Digests of the objects of a migrated database by their names; written by `npm run generate`. */
export const objectsPath = join(migrationsFolder, 'objects.json');

/** Maximum of objects that are named, and of characters of a name. */
const maxNamed = 50;
const maxLength = 200;

/** Settings that no database or role may have, at any value: a session could read wrong rows, run foreign code or lose commits. */
const forbiddenSettings = [
  'session_replication_role',
  'plpgsql.variable_conflict',
  'local_preload_libraries',
  'session_preload_libraries',
  'zero_damaged_pages',
  'ignore_checksum_failure',
  'ignore_system_indexes',
  'event_triggers',
  'role',
  'default_transaction_read_only',
  'default_table_access_method',
  'exit_on_error',
]
  .map((name) => `'${name}'`)
  .join(', ');

/** SQL: part of the name of the server's function by the action of a foreign key. */
const actionNames =
  "WHEN 'a' THEN 'noaction' WHEN 'r' THEN 'restrict' WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'setnull' ELSE 'setdefault'";

/**
 * Objects that neither migrations nor jobs make. Jobs make the tables of the schema "rows" and partitions. Ids from 16384 on belong to
 * objects that a user made. Names of tables are read from pg_class, because a table may be dropped during the query.
 */
const foreign = `
WITH extension AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
     ours AS (SELECT c.oid, CASE WHEN c.relnamespace = 'public'::regnamespace THEN c.relname::text ELSE 'rows.' || c.relname END AS relname,
                     c.relkind, c.relpersistence, c.relrowsecurity, c.relhastriggers, c.relhasindex, c.relhassubclass, c.relispartition, c.relchecks, c.relowner, c.relacl, c.relnamespace <> 'public'::regnamespace AS of_rows
                FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
               WHERE n.nspname IN ('public', 'rows') AND NOT EXISTS (SELECT FROM extension
                       WHERE (classid = 'pg_class'::regclass AND objid = c.oid) OR (classid = 'pg_type'::regclass AND objid = c.reltype))),
     made AS (SELECT * FROM ours WHERE (of_rows OR relispartition) AND relkind IN ('r', 'p', 'i', 'I')),
     granted AS (SELECT o.relname, o.of_rows, o.relispartition, o.oid, g.grantee, g.privilege_type, false AS of_column
                   FROM ours AS o CROSS JOIN aclexplode(o.relacl) AS g WHERE g.grantee <> o.relowner
                 UNION ALL SELECT o.relname, o.of_rows, o.relispartition, o.oid, g.grantee, g.privilege_type, true
                   FROM ours AS o JOIN pg_attribute AS a ON a.attrelid = o.oid AND a.attnum > 0 CROSS JOIN aclexplode(a.attacl) AS g
                  WHERE g.grantee <> o.relowner)
SELECT 'event trigger ' || evtname AS name FROM pg_event_trigger AS t
 WHERE NOT EXISTS (SELECT FROM extension WHERE classid = 'pg_event_trigger'::regclass AND objid = t.oid)
UNION ALL SELECT 'member ' || pg_describe_object(d.classid, d.objid, d.objsubid) || ' of the extension plpgsql' FROM pg_depend AS d JOIN pg_extension AS e ON e.oid = d.refobjid
           WHERE d.deptype = 'e' AND d.refclassid = 'pg_extension'::regclass AND e.extname = 'plpgsql' AND d.objid >= 16384
UNION ALL SELECT 'subscription ' || s.subname FROM pg_subscription AS s JOIN pg_database AS b ON b.oid = s.subdbid WHERE b.datname = current_database()
UNION ALL SELECT 'rule ' || r.rulename || ' of ' || o.relname FROM pg_rewrite AS r JOIN ours AS o ON o.oid = r.ev_class WHERE o.relkind <> 'v'
UNION ALL SELECT 'row security of ' || relname FROM ours WHERE relrowsecurity
UNION ALL SELECT 'policy ' || p.polname || ' of ' || o.relname FROM pg_policy AS p JOIN ours AS o ON o.oid = p.polrelid
UNION ALL SELECT 'child table ' || i.inhrelid::regclass::text || ' of ' || o.relname FROM pg_inherits AS i JOIN ours AS o ON o.oid = i.inhparent
           JOIN pg_class AS c ON c.oid = i.inhrelid WHERE o.relkind = 'r' OR (c.relkind NOT IN ('r', 'i', 'I', 'p'))
UNION ALL SELECT 'relation ' || relname FROM ours WHERE relkind IN ('f', 'm', 'c') OR (relname LIKE 'migration%' AND relkind = 'v') OR (of_rows AND relkind NOT IN ('r', 'p', 'i', 'I')
           AND NOT (relkind = 'S' AND EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = ours.oid AND d.deptype = 'i')))
UNION ALL SELECT 'disabled trigger ' || t.tgname || ' of ' || o.relname FROM pg_trigger AS t JOIN ours AS o ON o.oid = t.tgrelid WHERE t.tgenabled <> 'O'
UNION ALL SELECT 'hidden triggers of ' || o.relname FROM ours AS o WHERE NOT o.relhastriggers AND EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = o.oid)
UNION ALL SELECT 'hidden indexes of ' || o.relname FROM ours AS o WHERE NOT o.relhasindex AND EXISTS (SELECT FROM pg_index AS x WHERE x.indrelid = o.oid)
UNION ALL SELECT 'hidden conditions of ' || o.relname FROM ours AS o WHERE o.relkind IN ('r', 'p') AND o.relchecks <> (SELECT count(*) FROM pg_constraint AS k WHERE k.conrelid = o.oid AND k.contype = 'c')
UNION ALL SELECT 'hidden default of ' || a.attname || ' of ' || o.relname FROM ours AS o JOIN pg_attribute AS a ON a.attrelid = o.oid
           WHERE o.relkind IN ('r', 'p') AND NOT a.atthasdef AND EXISTS (SELECT FROM pg_attrdef AS d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum)
UNION ALL SELECT 'hidden children of ' || o.relname FROM ours AS o WHERE NOT o.relhassubclass AND EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhparent = o.oid)
-- jobs create indexes of rows concurrently, so that these are not valid at first
UNION ALL SELECT 'flags of index ' || o.relname FROM pg_index AS x JOIN ours AS o ON o.oid = x.indexrelid WHERE NOT o.of_rows
             AND NOT (x.indimmediate AND x.indisvalid AND x.indisready AND x.indislive AND (x.indisunique OR NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = x.indexrelid AND k.contype IN ('p', 'u'))))
-- two triggers of the server on each side
UNION ALL SELECT 'triggers of constraint ' || k.conname || ' of ' || o.relname FROM pg_constraint AS k JOIN ours AS o ON o.oid = k.conrelid JOIN ours AS r ON r.oid = k.confrelid
           WHERE k.contype = 'f' AND o.relkind = 'r' AND NOT o.relispartition AND r.relkind = 'r' AND (SELECT count(*) FROM pg_trigger AS t WHERE t.tgconstraint = k.oid) <> 4
-- another function of the server would delete rows that refer to a deleted one
UNION ALL SELECT 'trigger functions of constraint ' || k.conname || ' of ' || o.relname FROM pg_constraint AS k JOIN ours AS o ON o.oid = k.conrelid
           CROSS JOIN LATERAL (SELECT 'RI_FKey_' || CASE k.confdeltype ${actionNames} END || '_del' AS del, 'RI_FKey_' || CASE k.confupdtype ${actionNames} END || '_upd' AS upd) AS made
           WHERE k.contype = 'f' AND EXISTS (SELECT FROM pg_trigger AS t LEFT JOIN pg_proc AS p ON p.oid = t.tgfoid WHERE t.tgconstraint = k.oid
                   AND (p.proname IN ('RI_FKey_check_ins', 'RI_FKey_check_upd', made.del, made.upd)) IS NOT TRUE)
UNION ALL SELECT 'internal trigger ' || t.tgname || ' of ' || o.relname FROM pg_trigger AS t JOIN ours AS o ON o.oid = t.tgrelid
           WHERE t.tgisinternal AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.oid = t.tgconstraint AND k.contype = 'f')
UNION ALL SELECT 'settings of sequence ' || o.relname FROM pg_sequence AS s JOIN ours AS o ON o.oid = s.seqrelid
           WHERE s.seqincrement <> 1 OR s.seqcycle OR s.seqcache <> 1 OR s.seqmin <> 1
UNION ALL SELECT 'operator ' || o.oprname FROM pg_operator AS o WHERE o.oid >= 16384
           AND NOT EXISTS (SELECT FROM extension WHERE classid = 'pg_operator'::regclass AND objid = o.oid)
UNION ALL SELECT format('cast %s to %s', castsource::regtype, casttarget::regtype) FROM pg_cast AS c WHERE c.oid >= 16384
           AND NOT EXISTS (SELECT FROM extension WHERE classid = 'pg_cast'::regclass AND objid = c.oid)
UNION ALL SELECT 'type ' || t.typname FROM pg_type AS t WHERE t.typnamespace IN ('public'::regnamespace, 'pg_catalog'::regnamespace) AND t.oid >= 16384
           AND t.typtype IN ('b', 'd', 'e', 'r', 'm') AND t.typelem = 0 AND NOT EXISTS (SELECT FROM extension WHERE classid = 'pg_type'::regclass AND objid = t.oid)
UNION ALL SELECT 'collation ' || c.collname FROM pg_collation AS c WHERE c.collnamespace = 'public'::regnamespace
UNION ALL SELECT 'operator class ' || c.opcname FROM pg_opclass AS c WHERE c.oid >= 16384
           AND NOT EXISTS (SELECT FROM extension WHERE classid = 'pg_opclass'::regclass AND objid = c.oid)
UNION ALL SELECT 'aggregate ' || p.proname FROM pg_proc AS p WHERE p.pronamespace = 'public'::regnamespace AND p.prokind IN ('a', 'w')
           AND NOT EXISTS (SELECT FROM extension WHERE classid = 'pg_proc'::regclass AND objid = p.oid)
-- the server's own functions are in C, or in SQL with a parsed body
UNION ALL SELECT 'function pg_catalog.' || p.proname FROM pg_proc AS p JOIN pg_language AS l ON l.oid = p.prolang
           WHERE p.pronamespace = 'pg_catalog'::regnamespace AND (p.oid >= 16384 OR l.lanname NOT IN ('internal', 'c', 'sql'))
           AND NOT EXISTS (SELECT FROM extension WHERE classid = 'pg_proc'::regclass AND objid = p.oid)
UNION ALL SELECT 'function rows.' || p.proname FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace WHERE n.nspname = 'rows'
-- those of a partition come from its table, or have its name
UNION ALL SELECT 'trigger ' || t.tgname || ' of ' || m.relname FROM pg_trigger AS t JOIN made AS m ON m.oid = t.tgrelid
           WHERE ${isUserTrigger('t')} AND t.tgparentid = 0 AND NOT EXISTS (SELECT FROM pg_inherits AS i JOIN pg_trigger AS p ON p.tgrelid = i.inhparent
                   WHERE i.inhrelid = m.oid AND (p.tgname, p.tgfoid, p.tgtype) = (t.tgname, t.tgfoid, t.tgtype) AND p.tgqual IS NULL AND t.tgqual IS NULL)
UNION ALL SELECT 'default of ' || a.attname || ' of ' || m.relname FROM pg_attrdef AS d JOIN made AS m ON m.oid = d.adrelid
            JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
           WHERE NOT (m.of_rows AND a.attname = '_batch') AND NOT EXISTS (SELECT FROM pg_inherits AS i JOIN pg_attribute AS b ON b.attrelid = i.inhparent
                   JOIN pg_attrdef AS p ON p.adrelid = b.attrelid AND p.adnum = b.attnum WHERE i.inhrelid = m.oid AND b.attname = a.attname
                    AND pg_get_expr(p.adbin, p.adrelid) = pg_get_expr(d.adbin, d.adrelid))
UNION ALL SELECT 'constraint ' || k.conname || ' of ' || m.relname FROM pg_constraint AS k JOIN made AS m ON m.oid = k.conrelid
           WHERE k.contype IN ('c', 'f', 't', 'x') AND k.coninhcount = 0 AND k.conparentid = 0
-- expressions of indexes, constraints and defaults call functions of the server only
UNION ALL SELECT 'expression of ' || m.relname FROM made AS m WHERE EXISTS (SELECT FROM pg_depend AS d
           WHERE d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass) AND d.refobjid >= 16384
             AND ((d.classid = 'pg_class'::regclass AND d.objid = m.oid)
               OR (d.classid = 'pg_attrdef'::regclass AND d.objid IN (SELECT oid FROM pg_attrdef WHERE adrelid = m.oid))
               OR (d.classid = 'pg_constraint'::regclass AND d.objid IN (SELECT oid FROM pg_constraint WHERE conrelid = m.oid))))
UNION ALL SELECT 'owner of ' || relname FROM ours WHERE (of_rows OR relispartition) AND relkind NOT IN ('i', 'I')
           AND relowner <> (SELECT oid FROM pg_roles WHERE rolname = 'datong_owner')
UNION ALL SELECT format('grants on %s to %s', g.relname, CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(g.grantee) END) FROM granted AS g
           WHERE CASE WHEN g.grantee = 0 OR pg_get_userbyid(g.grantee) <> 'datong_app' THEN g.grantee <> 0 OR g.of_rows OR g.relispartition
                      WHEN g.of_rows THEN g.of_column OR g.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')
                      WHEN g.relispartition THEN NOT EXISTS (SELECT FROM pg_inherits AS i JOIN granted AS p ON p.oid = i.inhparent
                             WHERE i.inhrelid = g.oid AND (p.grantee, p.privilege_type, p.of_column) = (g.grantee, g.privilege_type, g.of_column))
                      ELSE false END
UNION ALL SELECT format('grants on function %s to %s', p.proname, pg_get_userbyid(g.grantee)) FROM pg_proc AS p CROSS JOIN aclexplode(p.proacl) AS g
           WHERE p.pronamespace = 'public'::regnamespace AND g.grantee NOT IN (0, p.proowner) AND pg_get_userbyid(g.grantee) <> 'datong_app'
             AND NOT EXISTS (SELECT FROM extension WHERE classid = 'pg_proc'::regclass AND objid = p.oid)
UNION ALL SELECT format('grants on schema %s to %s', n.nspname, CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(g.grantee) END)
            FROM pg_namespace AS n CROSS JOIN aclexplode(n.nspacl) AS g WHERE n.nspname IN ('public', 'rows') AND g.grantee <> n.nspowner
             AND (g.grantee = 0 OR pg_get_userbyid(g.grantee) NOT IN ('datong_app', 'datong_owner')) AND (n.nspname = 'rows' OR g.privilege_type = 'CREATE')
-- a partition that was detached, or a table with a name that no job gives
UNION ALL SELECT 'table ' || relname FROM ours WHERE of_rows AND relkind IN ('r', 'p') AND NOT relispartition AND relname !~ '^rows[.](b_[0-9a-f]{32}|u_[0-9a-z]+)$'
-- lost at the next crash of the server
UNION ALL SELECT 'unlogged ' || relname FROM ours WHERE relpersistence <> 'p'
UNION ALL SELECT 'statistics ' || s.stxname || ' of ' || o.relname FROM pg_statistic_ext AS s JOIN ours AS o ON o.oid = s.stxrelid
-- a statement of the hub finds these before the tables of the schema "public"
UNION ALL SELECT format('relation %s.%s', n.nspname, c.relname) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
           WHERE (n.nspname = 'pg_catalog' OR n.nspname LIKE 'pg\\_temp\\_%') AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
             AND (c.relname IN (SELECT o.relname FROM ours AS o) OR c.relname = ANY ($2::text[]))
-- its triggers and conditions run when a row of the hub changes
UNION ALL SELECT 'reference of ' || k.conrelid::regclass::text || ' to ' || o.relname FROM pg_constraint AS k JOIN ours AS o ON o.oid = k.confrelid
           WHERE k.contype = 'f' AND k.conrelid NOT IN (SELECT oid FROM ours)
-- texts of rows are compared and ordered byte by byte
UNION ALL SELECT 'collation of ' || a.attname || ' of ' || o.relname FROM ours AS o JOIN pg_attribute AS a ON a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped
           WHERE o.of_rows AND o.relkind IN ('r', 'p', 'i', 'I') AND a.attcollation <> 0 AND a.attcollation <> '"C"'::regcollation
-- settings that a session of the hub overrides, where they would decide what a value or a name means
UNION ALL SELECT format('setting %s of %s', split_part(one, '=', 1), CASE s.setrole WHEN 0 THEN CASE s.setdatabase WHEN 0 THEN 'all roles' ELSE 'the database' END
              ELSE 'role ' || pg_get_userbyid(s.setrole) END)
            FROM pg_db_role_setting AS s CROSS JOIN unnest(s.setconfig) AS one
            LEFT JOIN jsonb_each_text($1::jsonb) AS w (name, value) ON lower(w.name) = lower(split_part(one, '=', 1))
           WHERE s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
             AND s.setrole IN (0, session_user::regrole, to_regrole('datong_owner'), to_regrole('datong_app'))
             AND (lower(trim('"' FROM substr(one, strpos(one, '=') + 1))) NOT IN (w.value, 'remote_apply')
                  OR lower(split_part(one, '=', 1)) IN (${forbiddenSettings}))
-- a login without CONNECT belongs to another hub of the server
UNION ALL SELECT 'member ' || r.rolname || ' of datong_owner' FROM pg_roles AS r WHERE r.rolcanlogin AND NOT r.rolsuper AND r.rolname <> session_user
             AND r.rolname <> 'datong_owner' AND pg_has_role(r.oid, 'datong_owner', 'MEMBER') AND has_database_privilege(r.oid, current_database(), 'CONNECT')
ORDER BY 1`;

const hubTables: readonly string[] = [...sealedNames, ...Object.keys(openTables), 'migration'];

/** Settings whose value decides rows, rights or durability, not how a value is written. */
const expectedSettings: Readonly<Record<string, string>> = {
  search_path: sessionSettings.search_path,
  row_security: sessionSettings.row_security,
  transform_null_equals: sessionSettings.transform_null_equals,
  array_nulls: sessionSettings.array_nulls,
  default_transaction_isolation: 'read committed',
  synchronous_commit: 'on',
  standard_conforming_strings: sessionSettings.standard_conforming_strings,
  // without them a lock that a session holds is not noticed
  track_activities: 'on',
  gin_fuzzy_search_limit: sessionSettings.gin_fuzzy_search_limit,
};

/**
 * Names of objects that are missing, added or other than the migrations make them; empty: none.
 * @returns undefined where the newest migration of the database is not the last that this process knows, e.g. during an upgrade
 */
export const alteredObjects = (owner: Pool): Promise<readonly string[] | undefined> =>
  inSnapshot(owner, async (snapshot) => {
    await snapshot.query(textSettings);
    const { rows: migrations } = await snapshot.query<{ name: string }>(
      'SELECT name FROM migration ORDER BY name COLLATE "C" DESC LIMIT 1',
    );
    if (migrations[0]?.name !== migrationNames.at(-1)) return undefined;
    const { rows } = await snapshot.query<{ name: string }>(foreign, [
      JSON.stringify(expectedSettings),
      hubTables,
    ]);
    const found = digestsOf(await schemaObjects(snapshot));
    const expected = new Map(
      Object.entries(JSON.parse(readFileSync(objectsPath, 'utf8')) as Readonly<Record<string, string>>),
    );
    const names = [
      ...rows.map(({ name }) => name),
      ...[...expected].filter(([name, digest]) => found.get(name) !== digest).map(([name]) => name),
      ...[...found.keys()].filter((name) => !expected.has(name)),
      // a stored expression may call another function than its text names
      ...(await alteredCode(snapshot)).map((name) => `code of ${name}`),
    ];
    return [...new Set(names.map((name) => name.slice(0, maxLength)))].slice(0, maxNamed);
  });

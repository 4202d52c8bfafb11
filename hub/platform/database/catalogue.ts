/**
 * Compares the catalogue of the database with what the migrations make. A superuser can put a view in place of a table, or add a function,
 * an operator, a rule or a trigger, so that the hub reads other rows than a table has or runs foreign code. The rows stay sealed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { migrationsFolder } from '../../../migrations/index.ts';
import type { Reader } from './reader.ts';
import { digestsOf, schemaObjects } from './schemaObjects.ts';

/** Digests of the objects of a migrated database by their names; written by `npm run generate`. */
export const objectsPath = join(migrationsFolder, 'objects.json');

/** Maximum of objects that are named, and of characters of a name. */
const maxNamed = 50;
const maxLength = 200;

/** Objects of kinds that no migration makes. The first id of an object that a user made is 16384. */
const foreign = `
WITH extension AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
     ours AS (SELECT oid, relname, relkind, relrowsecurity, relispartition FROM pg_class WHERE relnamespace = 'public'::regnamespace
                 AND NOT EXISTS (SELECT FROM extension WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid))
SELECT 'event trigger ' || evtname AS name FROM pg_event_trigger AS t
 WHERE NOT EXISTS (SELECT FROM extension WHERE classid = 'pg_event_trigger'::regclass AND objid = t.oid)
UNION ALL SELECT 'rule ' || r.rulename || ' of ' || o.relname FROM pg_rewrite AS r JOIN ours AS o ON o.oid = r.ev_class WHERE o.relkind <> 'v'
UNION ALL SELECT 'row security of ' || relname FROM ours WHERE relrowsecurity
UNION ALL SELECT 'policy ' || p.polname || ' of ' || o.relname FROM pg_policy AS p JOIN ours AS o ON o.oid = p.polrelid
UNION ALL SELECT 'child table ' || i.inhrelid::regclass::text || ' of ' || o.relname FROM pg_inherits AS i JOIN ours AS o ON o.oid = i.inhparent
           JOIN pg_class AS c ON c.oid = i.inhrelid WHERE o.relkind = 'r' OR (c.relkind NOT IN ('r', 'i', 'I', 'p'))
UNION ALL SELECT 'relation ' || relname FROM ours WHERE relkind IN ('f', 'm', 'c')
UNION ALL SELECT 'disabled trigger ' || t.tgname || ' of ' || o.relname FROM pg_trigger AS t JOIN ours AS o ON o.oid = t.tgrelid WHERE t.tgenabled <> 'O'
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
ORDER BY 1`;

/** Names of objects that are missing, added or other than the migrations make them; empty: none. */
export async function alteredObjects(reader: Reader): Promise<readonly string[]> {
  const expected = new Map(
    Object.entries(JSON.parse(readFileSync(objectsPath, 'utf8')) as Readonly<Record<string, string>>),
  );
  const found = digestsOf(await schemaObjects(reader));
  const { rows } = await reader.query<{ name: string }>(foreign);
  const names = [
    ...[...expected].filter(([name, digest]) => found.get(name) !== digest).map(([name]) => name),
    ...[...found.keys()].filter((name) => !expected.has(name)),
    ...rows.map(({ name }) => name),
  ];
  return [...new Set(names.map((name) => name.slice(0, maxLength)))].slice(0, maxNamed);
}
